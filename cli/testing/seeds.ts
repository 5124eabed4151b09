import fc from "fast-check";

/** Every property draws from one seed, which vitest.config.ts decides; AIVO_SEED=… gives other draws, AIVO_SEED=random any. */
fc.configureGlobal({ seed: Number(process.env.AIVO_SEED) });
