import fc from "fast-check";

/** Every property draws from one seed, which vitest.config.ts makes and prints; AIVO_SEED=… gives the same draws again. */
fc.configureGlobal({ seed: Number(process.env.AIVO_SEED) });
