import type { ChildProcess } from "node:child_process";
import type { Clock, Logger, Store } from "@devflow/gateway/contract";

/** What {@link storeSuite} needs of a test runner: vitest, `node:test`, mocha and jest have it as it is. */
export interface StoreRunner {
  describe(name: string, body: () => void): void;
  readonly it: {
    (name: string, body: () => Promise<void>, timeoutMs?: number): void;
    /** Shows what is not run, and why. */
    skip?(name: string, body?: () => Promise<void>): void;
  };
}

/** What the suite needs to know of a store, and what it may do to it. */
export interface StoreSuiteOptions {
  /** Name for the titles of the tests. */
  readonly name: string;
  /**
   * Makes a store on `place`, a folder that is empty at first and whose path is unique. The same place again, after `close`
   * or the death of the process, is the same data.
   */
  open(setup: { readonly clock: Clock; readonly place: string }): Store | Promise<Store>;
  /** What its `caps` have to say. */
  readonly caps: Store["caps"];
  /** True when the store reads a clock of its own (that of a server): the suite then waits instead of moving time. */
  readonly ownClock?: boolean;
  /**
   * Starts a process that opens the store on `place` with the system's clock and hands it to `storeVictim`, its output piped.
   * The suite kills it. Without this, what concerns dead processes is not tested.
   */
  readonly victim?: (place: string) => ChildProcess;
  /** A second opener in another process, which must be refused; resolves to the code of the error. */
  readonly rival?: (place: string) => Promise<string>;
  /** Damages the data on a place that no store has open. */
  readonly damage?: (place: string) => Promise<void>;
  /** Makes the data on a place look as if written by a version of the future. */
  readonly age?: (place: string) => Promise<void>;
  /** Small disks, to be filled and to be cut off. */
  readonly disk?: DiskMaker;
  /**
   * Sets the clock of the engine on a place, after the store has migrated there: it stands still at `now`, or runs again where
   * that is undefined. With it the suite moves time as with a store that reads the clock it is given.
   */
  readonly setTime?: (place: string, now: number | undefined) => Promise<void>;
  /** For an engine at the other end of a connection: the suite puts a {@link faultProxy} there. */
  readonly network?: {
    /** Where the engine of a place listens on 127.0.0.1. */
    port(place: string): number | Promise<number>;
    /** As `open`, by way of another port, with everything by default. */
    open(setup: { readonly clock: Clock; readonly place: string; readonly port: number }): Store | Promise<Store>;
  };
  /** Kills the engine itself, and starts it again. */
  readonly engine?: { kill(place: string): Promise<void>; start(place: string): Promise<void> };
  /** Makes a store on an engine that is set up to keep less than `caps.durable`; not migrated. */
  readonly weak?: (setup: { readonly strict: boolean; readonly log: Logger }) => Store | Promise<Store>;
  /** Makes the store's engine answer nobody for a time: until the returned function is called. */
  readonly stall?: (store: Store) => Promise<() => Promise<void>>;
  /** Statements that mean nothing for this store, with the reason. They are shown, not hidden. */
  readonly notApplicable?: Readonly<Record<string, string>>;
  /** Sequences of calls that are compared with the reference. 200 unless set; `DEVFLOW_MODEL_RUNS` sets it from outside. */
  readonly modelRuns?: number;
  /** Multiplies the volumes of the heavy tests. 1 unless set; `DEVFLOW_VOLUME` does the same from outside. */
  readonly volume?: number;
}

/** Where small disks come from. */
export interface DiskMaker {
  /** Why none can be made on this machine; undefined when they can. */
  readonly missing: string | undefined;
  /** `purpose` is what will be done to it. */
  make(options: { readonly megabytes: number; readonly purpose: "fill" | "cut" }): Promise<SmallDisk>;
}

/** A file system made for one test. */
export interface SmallDisk {
  /** A folder on it. */
  readonly place: string;
  /** Takes all the space that is left. */
  fill(): Promise<void>;
  /** Gives it back. */
  free(): Promise<void>;
  /** Cuts the power: what is not on the disk by now is lost, and nothing can be written. */
  cut(): Promise<void>;
  /** Brings the disk back after a cut, as it was left. Nothing may have it open. */
  restore(): Promise<void>;
  remove(): Promise<void>;
}
