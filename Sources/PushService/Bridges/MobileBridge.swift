/// Where messages for a mobile user agent go: it holds no connection to us, but has a token of its platform's push service.
public struct BridgeAddress: Sendable, Hashable {
    /// The bridge's name in paths: `stub`, `fcm`, `apns`.
    public var bridge: String
    /// The application as the bridge's settings name it.
    public var app: String
    public var token: String

    public init(bridge: String, app: String, token: String) {
        self.bridge = bridge
        self.app = app
        self.token = token
    }
}

/// The port to a platform's push service. A bridge hands a message over, or says why not; it keeps nothing.
public protocol MobileBridge: Sendable {
    func deliver(_ message: Message, to address: BridgeAddress) async -> BridgeAnswer
}

public enum BridgeAnswer: Sendable, Hashable {
    case accepted
    /// The platform doesn't know the token any more.
    case gone
    /// The platform is away, or refuses our credentials.
    case unavailable(BridgeTrouble)
}

/// Why a bridge can't deliver, with the number that Mozilla's service gives to it.
public enum BridgeTrouble: Int, Sendable, Hashable {
    case unauthorized = 901
    case unreachable = 902
    case timedOut = 903
}

/// Delivers nothing to anybody, and says that it did: for tests of what stands before a bridge.
///
/// A token that begins with `gone`, `unauthorized`, `unreachable` or `timeout` is answered so.
public struct StubBridge: MobileBridge {
    public static let name = "stub"

    public init() {}

    public func deliver(_ message: Message, to address: BridgeAddress) async -> BridgeAnswer {
        switch address.token.prefix(while: \.isLetter) {
        case "gone": .gone
        case "unauthorized": .unavailable(.unauthorized)
        case "unreachable": .unavailable(.unreachable)
        case "timeout": .unavailable(.timedOut)
        default: .accepted
        }
    }
}
