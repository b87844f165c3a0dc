/** What a profile must have so that a part of the report, or a notebook, can show something. */
import type { Profile, TableName } from '../experiments/profiles';

export type Condition = (profile: Profile) => boolean;

export const has =
  (table: TableName): Condition =>
  (profile) =>
    profile.tables.includes(table);

/** Items, users and the oracle exist for simulated data only. */
export const simulated: Condition = ({ given }) => given === undefined;

export const hasRepetitions: Condition = ({ repetitions }) => repetitions.runs.length > 0;

export const hasFigure1: Condition = (profile) => profile.attention.domains.length > 0 && simulated(profile);
