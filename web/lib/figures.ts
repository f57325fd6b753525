/** The ledger's public figures. */
import type { Figures } from '../../server/core/figures.ts';
import { askJson } from './api.ts';

export type ServiceFigures = Figures['services'][number];
export type Period = Figures['hours' | 'days'][number];
export type FigureList = Figures['lists'][number];
export type CityServer = Figures['servers'][number];
export type { Figures };

export const askFigures = () => askJson<Figures>('/v1/figures');
