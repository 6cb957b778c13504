/// What a device may be tagged with at most.
public enum TagLimits {
    public static let tags = 64
    public static let nameBytes = 64
    public static let stringBytes = 256
    /// Of a list.
    public static let members = 64

    /// - Parameter tags: all that the device is to have.
    /// - Throws: ``PushProblem`` that names the field: `tags.plan`, `tags.countries[3]`.
    public static func check(_ tags: [String: TagValue]) throws(PushProblem) {
        guard tags.count <= Self.tags else {
            throw PushProblem(.invalidField, field: "tags", "\(tags.count) tags are more than the limit of \(Self.tags); remove some")
        }
        for (name, value) in tags.sorted(by: { $0.key < $1.key }) { try check(name, value) }
    }

    private static func check(_ name: String, _ value: TagValue) throws(PushProblem) {
        guard (1...nameBytes).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw PushProblem(
                .invalidField, field: "tags.\(name)", "a tag's name has 1 to \(nameBytes) bytes, none of them NUL; choose another")
        }
        guard value.members.count <= members else {
            throw PushProblem(
                .invalidField, field: "tags.\(name)", "\(value.members.count) members are more than the limit of \(members); use a topic")
        }
        guard case .list(let list) = value else { return try check(value, field: "tags.\(name)") }
        for (index, member) in list.enumerated() { try check(member, field: "tags.\(name)[\(index)]") }
    }

    private static func check(_ value: TagValue, field: String) throws(PushProblem) {
        let problem: String? =
            switch value {
            case .string(let text) where text.utf8.count > stringBytes: "text has at most \(stringBytes) bytes; shorten it"
            case .string(let text) where text.utf8.contains(0): "text with a NUL can't be kept; leave it out"
            case .number(let number) where !number.isFinite: "that is no number; leave it out"
            case .list: "a list in a list is no tag; flatten it"
            case .string, .number, .boolean: nil
            }
        if let problem { throw PushProblem(.invalidField, field: field, problem) }
    }
}
