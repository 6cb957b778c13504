/// What is in the air in each lane, and so what may still be claimed.
struct DispatchSlots: Sendable {
    enum Kind: Sendable, Hashable, CaseIterable { case direct, broadcast, retry }

    private struct Key: Hashable {
        let lane: Lane
        let kind: Kind
    }

    private let settings: DispatchSettings
    private var taken: [Key: Int] = [:]

    init(_ settings: DispatchSettings) { self.settings = settings }

    func free(_ kind: Kind, in lane: Lane) -> Int {
        limit(kind, settings.lane(lane.provider)) - taken[Key(lane: lane, kind: kind), default: 0]
    }

    mutating func take(_ kind: Kind, in lane: Lane, _ count: Int) { taken[Key(lane: lane, kind: kind), default: 0] += count }

    mutating func give(_ kind: Kind, in lane: Lane) {
        let key = Key(lane: lane, kind: kind)
        let left = taken[key, default: 0] - 1
        taken[key] = left > 0 ? left : nil
    }

    private func limit(_ kind: Kind, _ lane: LaneSettings) -> Int {
        switch kind {
        case .direct: lane.directSlices
        case .broadcast: lane.broadcastSlices
        case .retry: lane.retryPages
        }
    }
}
