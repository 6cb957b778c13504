/// How much is kept of one user, and of one device.
public enum UserLimits {
    /// All attributes of a user together, as JSON.
    public static let attributesBytes = 16_384
    /// What a device joins, what a user joins, and what everybody joins, each for itself.
    public static let topics = 1000

    public static func check(attributesBytes bytes: Int) throws(PushProblem) {
        guard bytes <= attributesBytes else {
            throw PushProblem(
                .invalidField, field: "attributes", "together they would be \(bytes) bytes of JSON; the limit is \(attributesBytes)")
        }
    }

    /// - Parameter count: with the one that is just being joined.
    public static func check(topics count: Int) throws(PushProblem) {
        guard count <= topics else {
            throw PushProblem(.invalidField, field: "topic", "there are \(topics) already, which is the limit; leave some first")
        }
    }
}
