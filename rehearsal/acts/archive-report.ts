/** The scheduled report is made, by its function, in every format. */
import { HeadObjectCommand, paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { REPORTS_PREFIX } from '../../contract/archive.ts';
import { ARCHIVE_OUTPUTS as O } from '../../contract/archive-parameters.ts';
import { REHEARSED_REPORT } from '../audit/archive-stack.ts';
import { expectThat, type Outputs } from '../operator.ts';
import type { Rehearsal } from '../scenarios/scenario.ts';
import { callFunction } from './archive.ts';

export async function makeReports(rehearsal: Rehearsal, outputs: Outputs): Promise<void> {
  const { stage, progress, found } = rehearsal;
  const { s3 } = stage.clients;
  const bucket = outputs[O.rawBucket] ?? '';
  await progress.phase(
    'forward',
    'making the scheduled report',
    async () => {
      const error = await callFunction(stage, outputs, O.reports);
      expectThat(rehearsal, error === undefined, `The report failed: ${error}`);
      const keys: string[] = [];
      for await (const { Contents = [] } of paginateListObjectsV2(
        { client: s3 },
        { Bucket: bucket, Prefix: REPORTS_PREFIX },
      )) {
        keys.push(...Contents.map(({ Key = '' }) => Key));
      }
      for (const format of REHEARSED_REPORT.formats) {
        const key = keys.find((candidate) => candidate.endsWith(`.${format}`));
        const head =
          key === undefined ? undefined : await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        const bytes = head?.ContentLength ?? 0;
        expectThat(
          rehearsal,
          bytes > 0,
          `There is no report in ${format}; there are ${keys.join(', ') || 'none'}.`,
        );
        found.audit.reports = [...found.audit.reports, { key: key ?? '', format, bytes }];
      }
    },
    () => `made a report in ${found.audit.reports.map(({ format }) => format).join(', ')}`,
  );
}
