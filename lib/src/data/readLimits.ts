/** What a reading job may use of the machine. Shared by the readers; has no effect on what is read. */
export interface ReadLimits {
  /** What DuckDB may hold in memory before it goes to disk, in MiB; 1536 by default. */
  memoryMiB?: number;
  /** Threads of DuckDB; as many as cores by default. */
  threads?: number;
  /**
   * Folder for what does not fit in memory, emptied at the end; the system's folder for temporary files by
   * default.
   */
  scratch?: string;
}
