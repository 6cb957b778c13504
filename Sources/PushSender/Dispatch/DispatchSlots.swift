/// What is in the air, and so what may still be claimed.
struct DispatchSlots: Sendable {
    enum Kind: Sendable, CaseIterable { case direct, broadcast, retry }

    private var free: [Kind: Int]

    init(_ settings: DispatchSettings) {
        free = [
            .direct: settings.directSlices, .broadcast: settings.broadcastSlices, .retry: settings.retryPages,
        ]
    }

    subscript(kind: Kind) -> Int { free[kind, default: 0] }
    mutating func take(_ kind: Kind, _ count: Int) { free[kind, default: 0] -= count }
    mutating func give(_ kind: Kind) { free[kind, default: 0] += 1 }
}
