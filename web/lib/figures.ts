/** The ledger's public figures, as GET /v1/figures gives them. */
import type { Text } from '../../server/services/define.ts';
import { askJson } from './api.ts';

export interface Counted {
  readonly id: string;
  readonly label: Text;
  readonly count: number;
}

export interface ServiceFigures {
  readonly id: string;
  readonly title: Text;
  readonly entries: number;
  readonly kinds: readonly (Counted & { readonly step: number })[];
  readonly things: readonly Counted[];
}

export interface Period {
  /** Unix seconds of an hour, `YYYY-MM-DD` of a day in Seoul. */
  readonly start: number | string;
  readonly entries: number;
  readonly services: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface FigureList {
  readonly service: string;
  readonly list: string;
  readonly title: Text;
  readonly columns: Readonly<Record<string, Text>>;
  readonly rows: readonly Readonly<Record<string, string | number>>[];
}

export interface CityServer {
  readonly kind: 'node' | 'witness';
  readonly name: string;
  readonly isHealthy: boolean;
  readonly reached: number;
  readonly ageSec: number | null;
}

export interface Figures {
  readonly asOfSec: number;
  readonly entries: number;
  readonly leaves: number;
  readonly services: readonly ServiceFigures[];
  readonly hours: readonly Period[];
  readonly days: readonly Period[];
  readonly lists: readonly FigureList[];
  readonly witnessesRequired: number;
  readonly isEmbedded: boolean;
  readonly servers: readonly CityServer[];
  readonly tables: readonly { readonly href: string; readonly title: Text }[];
}

export const askFigures = () => askJson<Figures>('/v1/figures');
