/** A statement about what must hold, and what shows it. */
export type SecurityLine = {
  /** Part and number, and a letter where a statement has several sides. */
  key: string;
  says: string;
  /** Tests as `folder/file > part of the test's full name`; each must match one test at least. */
  tests: readonly string[];
  /** Measures that show it besides, by name. */
  measures?: readonly string[];
  /** What is left open, and why. */
  open?: string;
};
