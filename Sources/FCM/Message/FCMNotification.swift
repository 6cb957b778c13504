/// The part of a notification that all platforms share.
public struct FCMNotification: Sendable, Hashable, Codable {
    public var title: String?
    public var body: String?
    /// An HTTPS URL; about 1 MB at most on Android.
    public var image: String?

    public init(title: String? = nil, body: String? = nil, image: String? = nil) {
        self.title = title
        self.body = body
        self.image = image
    }

    /// What counts against the limit.
    var texts: [String: String] { ["title": title, "body": body, "image": image].compactMapValues { $0 } }
}
