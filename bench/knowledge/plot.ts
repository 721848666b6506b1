import type { Evaluation } from './evaluate.ts'
export function drawPlot(_: Evaluation[]): void {}
