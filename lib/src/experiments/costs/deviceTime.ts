/**
 * How long programs take on a device of given rates. Each operator takes as long as its arithmetic, its
 * memory traffic or its launch, whichever is longest. Pure.
 */
import type { ProgramCost } from '../../engine/programCost';
import { ASSUMPTIONS, type DeviceRates } from './devices';

/** A program, and how often a stage runs it. */
export interface ProgramRuns {
  readonly cost: ProgramCost;
  readonly times: number;
}

/** Seconds by what they are spent on: an operator counts where it takes longest. */
export interface DeviceSeconds {
  readonly products: number;
  readonly memory: number;
  readonly launch: number;
  readonly bus: number;
  readonly start: number;
}

export interface DeviceCost {
  readonly flop: number;
  /** Of the device's memory, at the busiest moment. */
  readonly bytes: number;
  /** Of the host's memory: weights and slots, and their next values. */
  readonly hostBytes: number;
  /** Read and written in the device's memory. */
  readonly movedBytes: number;
  readonly seconds: DeviceSeconds;
}

export function deviceCost(runs: readonly ProgramRuns[], rates: DeviceRates): DeviceCost {
  const sum = (of: (cost: ProgramCost) => number): number =>
    runs.reduce((total, { cost, times }) => total + times * of(cost), 0);
  const spent = runs.map(({ cost, times }) => ({ ...runSeconds(cost, rates), times }));
  const on = (part: keyof RunSeconds): number =>
    spent.reduce((total, each) => total + each.times * each[part], 0);
  return {
    flop: sum(({ kernels }) => kernels.reduce((total, { flop }) => total + flop, 0)),
    bytes: deviceBytes(runs),
    hostBytes: Math.max(0, ...runs.map(({ cost }) => cost.stateBytes)),
    movedBytes: sum(({ kernels }) => kernels.reduce((total, { bytes }) => total + bytes, 0)),
    seconds: {
      products: on('products'),
      memory: on('memory'),
      launch: on('launch'),
      bus: on('bus'),
      start: runs.length * ASSUMPTIONS.start.value,
    },
  };
}

/** Of the device's memory, at the busiest moment. */
export function deviceBytes(runs: readonly ProgramRuns[]): number {
  return ASSUMPTIONS.arena.value * Math.max(0, ...runs.map(({ cost }) => cost.peakBytes));
}

type RunSeconds = Omit<DeviceSeconds, 'start'>;

/** Of one run. */
function runSeconds({ kernels, stateBytes, feedBytes }: ProgramCost, rates: DeviceRates): RunSeconds {
  const { products, memory, bus, launch } = ASSUMPTIONS;
  const shortest = launch.value * 1e-6;
  const flopRate = products.value * rates.flopPerSecond;
  const byteRate = memory.value * rates.bytesPerSecond;
  const spent = { products: 0, memory: 0, launch: 0 };
  for (const { flop, bytes } of kernels) {
    const [computing, moving] = [flop / flopRate, bytes / byteRate];
    if (Math.max(computing, moving) < shortest) spent.launch += shortest;
    else if (computing > moving) spent.products += computing;
    else spent.memory += moving;
  }
  const crossing = feedBytes + (rates.stateOverBus ? stateBytes : 0);
  return { ...spent, bus: crossing / (bus.value * rates.busBytesPerSecond) };
}
