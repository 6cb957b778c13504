/// A topic's name, without `/topics/`.
public struct FCMTopic: Sendable, Hashable {
    public let name: String

    /// - Parameter text: 1 to 900 of `a-zA-Z0-9-_.~%`; the old prefix `/topics/` is taken off.
    /// - Throws: `invalidField` naming `topic`.
    public init(_ text: String) throws(FCMError) {
        let name = text.hasPrefix(Self.prefix) ? String(text.dropFirst(Self.prefix.count)) : text
        try check(
            (1...FCMLimits.topicBytes).contains(name.utf8.count) && name.utf8.allSatisfy(isLabelByte), "topic",
            "give 1 to \(FCMLimits.topicBytes) of a-z, A-Z, 0-9, -, _, ., ~ and %")
        self.name = name
    }

    private static let prefix = "/topics/"
}
