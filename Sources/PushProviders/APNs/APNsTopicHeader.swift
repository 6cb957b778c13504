import APNs

/// What a header `apns-topic` names: an app, and which sort of its tokens.
public struct APNsTopicHeader: Sendable, Hashable {
    public let bundleID: String
    /// As ``Token/kind`` has it: a push type's name, empty for the app's own token.
    public let kind: String

    /// - Parameter text: a bundle id, perhaps with a push type's suffix, such as `com.example.app.voip`.
    public init(_ text: String) {
        let known = APNsPushType.allCases.first { !$0.topicSuffix.isEmpty && text.hasSuffix($0.topicSuffix) }
        bundleID = String(text.dropLast(known?.topicSuffix.count ?? 0))
        kind = known?.rawValue ?? ""
    }

    /// - Parameter bundleID: known to be one, whatever it ends with.
    public init(exactly bundleID: String) {
        self.bundleID = bundleID
        kind = ""
    }
}
