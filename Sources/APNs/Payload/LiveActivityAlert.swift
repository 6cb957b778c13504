/// How a Live Activity draws attention: other than in ordinary notifications each text may have its own key, and the sound sits inside.
public struct LiveActivityAlert: Sendable, Hashable, Encodable {
    public enum Text: Sendable, Hashable, Encodable {
        case text(String)
        case localized(key: String, arguments: [String])

        private enum CodingKeys: String, CodingKey {
            case key = "loc-key"
            case arguments = "loc-args"
        }

        public func encode(to encoder: any Encoder) throws {
            switch self {
            case .text(let text):
                var container = encoder.singleValueContainer()
                try container.encode(text)
            case .localized(let key, let arguments):
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(key, forKey: .key)
                if !arguments.isEmpty { try container.encode(arguments, forKey: .arguments) }
            }
        }
    }

    public var title: Text?
    public var body: Text?
    /// A file of the app, or `default`.
    public var sound: String?

    public init(title: Text? = nil, body: Text? = nil, sound: String? = nil) {
        self.title = title
        self.body = body
        self.sound = sound
    }
}
