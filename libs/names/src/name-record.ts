export type NameKind = 'pod' | 'service' | 'node' | 'endpoint'
export type NameProtocol = 'tcp' | 'udp' | 'sctp'

/** Who had an address, when. The form that is stored beside a snapshot and read by workers. */
export interface NameRecord {
  /** Dotted IPv4, or IPv6 in its short form (RFC 5952); empty: every address of a node (node ports). */
  readonly ip: string
  /** Only this port of the address; absent: all of them. */
  readonly port?: number
  readonly protocol?: NameProtocol
  readonly kind: NameKind
  /** Name of the pod, service or node. */
  readonly name: string
  readonly namespace?: string
  /** Node that it runs on. */
  readonly node?: string
  /** Service that it belongs to. */
  readonly service?: string
  /** Other services of a pod, by the port that they lead to. */
  readonly servicePorts?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  /** From when on and until when (not included) it had the address, µs since 1970. */
  readonly from?: number
  readonly to?: number
  /** `from` and `to` are guesses from a later list: where no record covers a time, the nearest of these is taken. */
  readonly approximate?: true
}

/** What bounds a resolution file: each stops an input that would take a worker's memory. */
export interface NameLimits {
  /** Records kept. 200,000 records of pods are about 200 MB. */
  readonly maxRecords: number
  /** Labels and annotations of one record, each. Kubernetes itself has no limit on their number. */
  readonly maxPairs: number
  /** Characters of a label's or annotation's value; longer ones (whole manifests) are left out. */
  readonly maxValueChars: number
  /** Warnings kept. */
  readonly maxWarnings: number
}

export const DEFAULT_LIMITS: NameLimits = { maxRecords: 200_000, maxPairs: 64, maxValueChars: 512, maxWarnings: 20 }
