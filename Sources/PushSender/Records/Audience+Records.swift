/// Devices that are records of a collection of which something is true.
public struct RecordAudience: Sendable, Hashable, Codable {
    public let collection: RecordCollection
    public let condition: RecordCondition

    public init(_ collection: RecordCollection, _ condition: RecordCondition = .always) {
        self.collection = collection
        self.condition = condition
    }

    /// As a condition on devices. What isn't true of a record is only true of devices that are records.
    var onDevices: AudienceCondition { .allOf([.term(.isRecord(collection))] + (condition == .always ? [] : [onDevices(condition)])) }

    private func onDevices(_ condition: RecordCondition) -> AudienceCondition {
        switch condition {
        // Devices that are named are few.
        case .value("id", .isOneOf(let ids)): .term(.isOneOf(.device(.id), ids))
        case .value(let path, let test): .term(.record(collection, path, test))
        case .not(let part): onDevices(part).negation
        case .all(let parts): .allOf(parts.map(onDevices))
        case .any(let parts): .anyOf(parts.map(onDevices))
        }
    }
}
