public import Foundation
public import HTTPTransport
public import PushSender
public struct FCMCredential: ProviderCredential {
    public static let provider = ProviderName.fcm
    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {}
    public var environments: [ProviderEnvironment] { [.only] }
    public var appIdentifier: String { "" }
    public var summary: [String: String] { [:] }
    public func verify(over transport: any Transport, now: Date) async -> CredentialVerdict { .accepted }
}
public struct FCMProvider: PushProvider {
    public let name = ProviderName.fcm
    public init(credentials: CredentialTable<FCMCredential>, transport: any Transport) {}
    public func problem(with notification: PushSender.Notification, policy: PushPolicy) -> PushProblem? { nil }
    public func prepare(_ push: Push, lane: Lane) -> any PreparedPush { P() }
    struct P: PreparedPush { func attempt(_ r: [Recipient], now: Date, report: @escaping @Sendable (Int, Outcome) -> Void) async { for i in r.indices { report(i, .rejected(reason: "")) } } }
}
