/** Who an address belonged to. Empty strings where nothing is known. */
export interface EndpointNames {
  readonly pod: string
  readonly namespace: string
  readonly service: string
  /** Node that the endpoint runs on. */
  readonly node: string
  /** Name that DNS answers in the same capture gave for the address. */
  readonly dns: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/**
 * Names of endpoints at a time. A lookup should return the same object for the same endpoint as long as its names do
 * not change: the encoder writes the labels of an object that it has seen before without looking at them again.
 */
export interface NameLookup {
  /**
   * @param ip text form, as in FlowInfo
   * @param port of that side; services are found by it
   * @param timeUs µs since the Unix epoch
   */
  endpoint(ip: string, port: number, timeUs: number): EndpointNames | undefined
  /** Address of a capturing node; empty where unknown. */
  nodeIp(node: string): string
}
