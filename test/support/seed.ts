import fc from 'fast-check'

/** Properties are tried with the same values each time. `FC_SEED=$RANDOM npm test` tries others. */
fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 2_026) })
