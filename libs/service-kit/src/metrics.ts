import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * Prometheus metrics of one process. Names begin with `hindwire_` and end in their unit (`_total`, `_seconds`,
 * `_bytes`), as https://prometheus.io/docs/practices/naming/ has it. Asking for a metric again gives the same one, so
 * that services that share a process can share it.
 */
export class Metrics {
  readonly #registry = new Registry()

  /** @param runtime also Node's own: memory, event loop delay, garbage collection */
  constructor(options: { readonly runtime?: boolean } = {}) {
    if (options.runtime !== false) collectDefaultMetrics({ register: this.#registry })
  }

  counter<L extends string = never>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
    return this.#get(
      name,
      () => new Counter({ name: full(name), help, labelNames: [...labels], registers: [this.#registry] }),
    )
  }

  gauge<L extends string = never>(name: string, help: string, labels: readonly L[] = []): Gauge<L> {
    return this.#get(
      name,
      () => new Gauge({ name: full(name), help, labelNames: [...labels], registers: [this.#registry] }),
    )
  }

  /** @param buckets upper bounds, in the unit of the name; default: 1 ms to 30 s in seconds */
  histogram<L extends string = never>(
    name: string,
    help: string,
    labels: readonly L[] = [],
    buckets: readonly number[] = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30],
  ): Histogram<L> {
    const settings = {
      name: full(name),
      help,
      labelNames: [...labels],
      buckets: [...buckets],
      registers: [this.#registry],
    }
    return this.#get(name, () => new Histogram(settings))
  }

  /** The text of `GET /metrics`, and its content type. */
  async render(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() }
  }

  #get<T>(name: string, make: () => T): T {
    return (this.#registry.getSingleMetric(full(name)) as T | undefined) ?? make()
  }
}

function full(name: string): string {
  return `hindwire_${name}`
}
