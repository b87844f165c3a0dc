/** Learning-rate factors by update; pure functions. `update` counts from 0. */

/**
 * MLM from scratch: a ramp over the first `warmup` updates, then linear to 0 after `total`. Twelve post-norm
 * layers do not learn without the ramp.
 */
export function warmLinearDecay(update: number, total: number, warmup: number): number {
  return Math.min((update + 1) / Math.max(1, warmup), linearDecay(update, total));
}

/** Stage-PT: linear from 1 to 0 after `total` updates, no warm-up (method 5.4). */
export function linearDecay(update: number, total: number): number {
  return Math.max(0, 1 - update / Math.max(1, total));
}

/**
 * Fine-tuning in the usual form (the option of D21): a ramp update / warmup, then linear from 1 to 0 after
 * `total`.
 */
export function usualSchedule(update: number, total: number, warmup: number): number {
  return update < warmup ? update / warmup : Math.max(0, (total - update) / Math.max(1, total - warmup));
}

/**
 * Fine-tuning as coded (D21): a ramp update / warmup, then 1 - update / total without rescaling, 0 after
 * `total`. Not the usual formula, which would reach 1 at the end of the ramp.
 */
export function finetuningSchedule(update: number, total: number, warmup: number): number {
  return update < warmup ? update / warmup : Math.max(0, 1 - update / Math.max(1, total));
}
