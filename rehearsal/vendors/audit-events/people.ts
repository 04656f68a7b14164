/** Who acts in generated events. Addresses are of the ranges for documentation (RFC 5737, RFC 3849). */
import type { Random } from './random.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly uuid: string;
  readonly ibmId: string;
}

export const PEOPLE: readonly Person[] = [
  person('Avery Quinn', 'avery.quinn', 1),
  person('佐藤 花子', 'hanako.sato', 2),
  person('Jördis Müller-Łuczak', 'joerdis', 3),
  person("Sinéad O'Connor", 'sinead', 4),
  person('=SUM(A1)', 'formula', 5),
  person('"Quoted", Comma', 'quoted', 6),
  person('Noor "नूर" 🔑', 'noor', 7),
];

function person(name: string, local: string, number: number): Person {
  const digits = String(number).padStart(12, '0');
  return {
    name,
    email: `${local}@example.com`,
    uuid: `00000000-0000-4000-a000-${digits}`,
    ibmId: `IBMid-66300${number}Z105`,
  };
}

export function address(random: Random): string {
  return random.chance(0.1) ? `2001:db8::${random.hex(4)}` : `198.51.100.${random.below(256)}`;
}
