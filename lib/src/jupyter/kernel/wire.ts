/**
 * The Jupyter wire format: a message as signed ZeroMQ frames and back (jupyter-client documentation,
 * "Messaging in Jupyter", protocol 5.3). Pure; kernelClient.ts has the sockets.
 */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export interface KernelMessage {
  readonly header: MessageHeader;
  /** The request that this message answers; empty for a request. */
  readonly parent_header: Partial<MessageHeader>;
  readonly metadata: Record<string, unknown>;
  readonly content: Record<string, unknown>;
}

const DELIMITER = '<IDS|MSG>';

/** A request of the given type, not yet sent. */
export function request(type: string, session: string, content: Record<string, unknown> = {}): KernelMessage {
  const header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username: 'elephant',
    date: new Date().toISOString(),
    version: '5.3',
  };
  return { header, parent_header: {}, metadata: {}, content };
}

export function encodeMessage(message: KernelMessage, key: string): Buffer[] {
  const parts = [message.header, message.parent_header, message.metadata, message.content].map((part) =>
    Buffer.from(JSON.stringify(part)),
  );
  return [Buffer.from(DELIMITER), Buffer.from(signature(parts, key)), ...parts];
}

/**
 * Decodes the frames of one message. Throws if they are not a message or the signature is not the kernel's.
 */
export function decodeMessage(frames: readonly Buffer[], key: string): KernelMessage {
  const start = frames.findIndex((frame) => frame.toString('latin1') === DELIMITER);
  const [signed, ...parts] = start < 0 ? [] : frames.slice(start + 1, start + 6);
  if (signed === undefined || parts.length < 4)
    throw new Error(`kernel message: expected a delimiter and 5 frames, got ${frames.length} frames`);
  const expected = Buffer.from(signature(parts, key));
  if (signed.length !== expected.length || !timingSafeEqual(signed, expected))
    throw new Error("kernel message: the signature is not the kernel's");
  const [header, parent_header, metadata, content] = parts.map(
    (part) => JSON.parse(part.toString()) as Record<string, unknown>,
  );
  return { header: header as unknown as MessageHeader, parent_header, metadata, content };
}

function signature(parts: readonly Buffer[], key: string): string {
  const hash = createHmac('sha256', key);
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}
