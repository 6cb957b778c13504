/// What can be told of. A closed set: programs switch over it.
public enum EventKind: String, Sendable, Hashable, CaseIterable {
    /// Every device of a push is accounted for.
    case pushFinished = "push.finished"
    case pushCancelled = "push.cancelled"
    /// A delivery ended badly; there is a row in the push's failures, too.
    case deliveryFailed = "delivery.failed"
    /// A provider called its token dead, and it gets nothing any more until it registers again.
    case deviceDisabled = "device.disabled"
    /// A device says that a push reached it.
    case receiptReceived = "receipt.received"
    case receiptOpened = "receipt.opened"
    case receiptDismissed = "receipt.dismissed"
}

/// Which events somebody wants to hear of.
public struct EventFilter: Sendable, Hashable {
    /// Empty: all.
    public let kinds: Set<EventKind>
    /// Nil: of every push, and of none.
    public let push: PushID?

    public init(kinds: Set<EventKind> = [], push: PushID? = nil) {
        self.kinds = kinds
        self.push = push
    }

    public func lets(_ event: Event) -> Bool {
        (kinds.isEmpty || kinds.contains(event.kind)) && (push == nil || push == event.push)
    }
}

extension Set<EventKind> {
    /// - Throws: ``PushProblem`` that names the first word that is no kind, at `kinds[index]`.
    public init(names: [String]) throws(PushProblem) {
        self = []
        for (index, name) in names.enumerated() {
            guard let kind = EventKind(rawValue: name) else {
                let known = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw PushProblem(.invalidField, field: "kinds[\(index)]", "\(name) is no kind of event; there are \(known)")
            }
            insert(kind)
        }
    }
}
