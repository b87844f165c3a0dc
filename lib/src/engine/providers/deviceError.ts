/**
 * A device that failed while it held the state. Nothing on it can be read any more; the last checkpoint is
 * still good.
 */
import { InputError } from '../../errors';

/**
 * Not a defect of the program, and not to be caught in order to continue: resume from a checkpoint, or use
 * another provider.
 */
export class DeviceError extends InputError {
  constructor(provider: string, during: string, cause: unknown) {
    const reason = String((cause as Error).message ?? cause)
      .split('\n')[0]
      .slice(0, 300);
    super(
      provider,
      `the device failed during ${during}: ${reason}`,
      'Resume from the last checkpoint, on this device or with the provider "cpu"',
      { cause },
    );
  }
}
