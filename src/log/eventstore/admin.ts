/** What administration needs of a client, beside the driver. */
import type { Driver } from './driver.js';

export interface Admin {
  readonly namespace: string;
  readonly secure: boolean;
  readonly user: string | undefined;
  readonly driver: Driver;
  metadata(stream: string): Promise<Record<string, unknown>>;
  setMetadata(stream: string, metadata: Record<string, unknown>, expected?: bigint): Promise<void>;
  remove(stream: string, expected: bigint): Promise<void>;
  close(): void;
}
