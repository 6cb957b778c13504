/// `aps.alert`: a text, or texts with their places.
public enum APSAlert: Sendable, Hashable, Encodable {
    case text(String)
    case content(Content)

    /// What stands in the alert. Keys name entries of the app's string tables, arguments fill their placeholders.
    public struct Content: Sendable, Hashable, Encodable {
        public var title: String?
        public var subtitle: String?
        public var body: String?
        public var launchImage: String?
        public var titleLocKey: String?
        public var titleLocArguments: [String]?
        public var subtitleLocKey: String?
        public var subtitleLocArguments: [String]?
        public var locKey: String?
        public var locArguments: [String]?
        /// Before iOS 10: names the button.
        public var actionLocKey: String?
        /// Safari's website pushes: the button's text.
        public var action: String?
        /// iOS 12 to 14: what the summary says of the notification.
        public var summaryArgument: String?
        /// iOS 12 to 14: for how many it counts in the summary.
        public var summaryArgumentCount: Int?

        public init(title: String? = nil, subtitle: String? = nil, body: String? = nil) {
            self.title = title
            self.subtitle = subtitle
            self.body = body
        }

        private enum CodingKeys: String, CodingKey {
            case title, subtitle, body, action
            case launchImage = "launch-image"
            case titleLocKey = "title-loc-key"
            case titleLocArguments = "title-loc-args"
            case subtitleLocKey = "subtitle-loc-key"
            case subtitleLocArguments = "subtitle-loc-args"
            case locKey = "loc-key"
            case locArguments = "loc-args"
            case actionLocKey = "action-loc-key"
            case summaryArgument = "summary-arg"
            case summaryArgumentCount = "summary-arg-count"
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .content(let content): try container.encode(content)
        }
    }
}
