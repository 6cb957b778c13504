import Foundation
import HTTPTransport
import JSON
import PushSender
import Synchronization

@testable import PushProviders

enum FCMSamples {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    /// A credential of nobody.
    static func credential(_ more: [String: JSONValue] = [:], account changes: [String: JSONValue] = [:]) -> JSONValue {
        let account: [String: JSONValue] = [
            "type": .string("service_account"), "project_id": .string("p-1"), "client_email": .string("a@p-1.example"),
            "private_key": .string(HMSCredentialSamples.privateKeyPEM), "token_uri": .string("https://oauth2.googleapis.com/token"),
        ]
        return .object(["service_account": .object(account.merging(changes) { $1 })].merging(more) { $1 })
    }

    /// Gives access tokens `token1`, `token2`, …, and answers messages as the test says.
    static func transport(_ answer: @escaping @Sendable (TransportRequest) -> TransportReply = { _ in accepted }) -> AnsweringTransport {
        let tokens = Atomic(0)
        return AnsweringTransport { request in
            guard request.url.hasSuffix("/token") else { return .success(answer(request)) }
            return .success(granted(tokens.add(1, ordering: .relaxed).newValue))
        }
    }

    static let accepted = TransportReply.json(#"{"name":"projects/p-1/messages/1"}"#)
    static func granted(_ number: Int = 1) -> TransportReply { .json(#"{"access_token":"token\#(number)","expires_in":3599}"#) }

    /// - Parameter code: of the detail `FcmError`.
    static func refused(_ status: Int, code: String?, details: [String] = [], headers: [(name: String, value: String)] = []) -> TransportReply {
        let own = code.map { #"{"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":"\#($0)"}"# }
        let list = ([#"{"@type":"x"}"#] + details + [own].compactMap { $0 }).joined(separator: ",")
        let body = #"{"error":{"code":\#(status),"message":"m","status":"S","details":[\#(list)]}}"#
        return TransportReply(status: status, headers: headers, body: Array(body.utf8))
    }

    static func prepared(
        over transport: any Transport, _ notification: PushSender.Notification = Notification(title: "T", body: "B"),
        policy: PushPolicy = PushPolicy(), credentials: [JSONValue] = [credential()]
    ) throws -> any PreparedPush {
        let table = CredentialTable<FCMCredential>()
        table.set(try credentials.map { try FCMCredential($0, now: now) }, for: .default)
        return FCMProvider(credentials: table, transport: transport)
            .prepare(.sample(notification, policy: policy), lane: Lane(app: .default, provider: .fcm))
    }
}
