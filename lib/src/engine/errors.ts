/** Errors of the engine that callers tell apart. Wrong input from outside is an InputError instead. */

/** A program could not be traced or run as written: says which program and where in it. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

/** A loss or weight that is NaN or infinite. The state is left as it was before the step. */
export class NonFiniteError extends Error {
  override readonly name = 'NonFiniteError';

  constructor(
    program: string,
    /** Number of the failed step, counted from 1. */
    readonly step: number,
    /** First tensor found that is not finite. */
    readonly tensor: string,
  ) {
    super(
      `${program}: expected finite numbers, got NaN or infinity in "${tensor}" at step ${step}; the ` +
        'state is that of the step before. Try a lower learning rate or clip the gradients',
    );
  }
}
