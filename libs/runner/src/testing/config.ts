/** `UPDATE_GOLDENS=1 node --test …` writes the goldens instead of comparing with them. */
export const updateGoldens = process.env['UPDATE_GOLDENS'] === '1'
