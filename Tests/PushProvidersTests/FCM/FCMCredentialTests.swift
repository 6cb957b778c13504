import Foundation
import HTTPTransport
import JSON
import JWS
import PushSender
import Testing

@testable import PushProviders

@Suite struct FCMCredentialTests {
    private let now = FCMSamples.now

    // MARK: Without asking anybody

    private static func account(_ name: String, _ value: JSONValue) -> JSONValue { FCMSamples.credential(account: [name: value]) }

    @Test(arguments: [
        ("service_account", .object([:])), ("service_account", .object(["service_account": .string("{")])),
        ("service_account", .object(["service_account": .integer(1)])), ("service_account", .string("x")),
        ("service_account.private_key", account("private_key", .string("x"))), ("service_account.private_key", account("private_key", .null)),
        ("service_account.client_email", account("client_email", .null)), ("service_account.project_id", account("project_id", .null)),
        ("service_account.type", account("type", .string("authorized_user"))), ("service_account.token_uri", account("token_uri", .string("x"))),
        ("project_id", FCMSamples.credential(["project_id": .string("p/../q")])), ("project_id", FCMSamples.credential(["project_id": .bool(true)])),
        ("endpoint", FCMSamples.credential(["endpoint": .string("https://x/path")])),
        ("token_endpoint", FCMSamples.credential(["token_endpoint": .string("host")])),
    ] as [(String, JSONValue)])
    func whatIsWrongIsNamedWhenItIsSet(_ field: String, _ fields: JSONValue) {
        let problem = #expect(throws: CredentialProblem.self) { try FCMCredential(fields, now: now) }
        #expect(problem?.field == field)
    }

    @Test func theDownloadedTextIsAsGoodAsTheObject() throws {
        let account = try #require(FCMSamples.credential()["service_account"])
        let text = String(decoding: try JSONEncoder().encode(account), as: UTF8.self)
        let credential = try FCMCredential(.object(["service_account": .string(text)]), now: now)
        #expect(credential.summary == ["project_id": "p-1", "client_email": "a@p-1.example"], "and no secret is shown")
    }

    @Test func standInsAreAsked() async throws {
        let transport = FCMSamples.transport()
        let fields = FCMSamples.credential(
            ["endpoint": .string("http://localhost:9"), "token_endpoint": .string("http://localhost:8/token"), "project_id": .integer(42)])
        let credential = try FCMCredential(fields, now: now)
        #expect(await credential.verify(over: transport, now: now) == .accepted)
        #expect(transport.requests.map(\.url) == ["http://localhost:8/token", "http://localhost:9/v1/projects/42/messages:send"])
        #expect(credential.appIdentifier == "42" && credential.summary["endpoint"] == "http://localhost:9")
        let assertion = try #require(transport.requests.first?.text.split(separator: "=").last?.split(separator: "."))
        let claims = String(decoding: try #require(Base64URL.decode(assertion[1])), as: UTF8.self)
        #expect(claims.contains(#""aud":"https://oauth2.googleapis.com/token""#), "a proxy hands it on to Google, who wants its own name in it")
    }

    // MARK: The provider's word

    struct Verification: Sendable, CustomTestStringConvertible {
        let token: TransportReply
        let send: TransportReply
        let expected: String
        var testDescription: String { "\(token.status) \(send.status) \(expected)" }

        init(_ expected: String, send: TransportReply = FCMSamples.accepted, token: TransportReply = FCMSamples.granted()) {
            self.token = token
            self.send = send
            self.expected = expected
        }
    }

    private static func fcm(_ status: Int, _ code: String?) -> TransportReply { FCMSamples.refused(status, code: code) }

    @Test(arguments: [
        Verification("accepted"), Verification("accepted", send: fcm(400, "INVALID_ARGUMENT")), Verification("accepted", send: fcm(404, "UNREGISTERED")),
        Verification("accepted", send: fcm(403, "SENDER_ID_MISMATCH")), Verification("accepted", send: fcm(429, "QUOTA_EXCEEDED")),
        Verification("service_account", send: fcm(403, nil)), Verification("project_id", send: fcm(404, nil)),
        Verification("service_account.private_key", send: fcm(401, nil)), Verification("unknown", send: fcm(400, nil)),
        Verification("unknown", send: fcm(429, nil)), Verification("unknown", send: fcm(503, nil)), Verification("unknown", send: fcm(503, "UNAVAILABLE")),
        Verification("unknown", send: fcm(500, "INTERNAL")), Verification("unknown", send: .json("<html>")),
        Verification("service_account.private_key", token: .json(#"{"error":"invalid_grant"}"#, status: 400)),
        Verification(
            "service_account.client_email",
            token: .json(#"{"error":"invalid_grant","error_description":"Invalid grant: account not found"}"#, status: 400)),
        Verification("service_account.token_uri", token: .json("", status: 404)),
        Verification("service_account", token: .json(#"{"error":"invalid_scope"}"#, status: 400)),
        Verification("unknown", token: .json("", status: 503)),
    ])
    func theProvidersWordCounts(_ verification: Verification) async throws {
        let transport = AnsweringTransport { .success($0.url.hasSuffix("/token") ? verification.token : verification.send) }
        switch try await FCMCredential(FCMSamples.credential(), now: now).verify(over: transport, now: now) {
        case .accepted: #expect(verification.expected == "accepted")
        case .unknown: #expect(verification.expected == "unknown")
        case .refused(let problem): #expect(problem.field == verification.expected)
        }
        #expect(transport.requests(to: "messages:send").allSatisfy { $0.text.contains(#""validate_only":true"#) }, "no device is reached")
    }

    @Test func whoseClockIsWrongIsTold() async throws {
        let transport = AnsweringTransport(status: 400, body: #"{"error":"invalid_grant"}"#)
        guard case .refused(let problem) = try await FCMCredential(FCMSamples.credential(), now: now).verify(over: transport, now: now) else {
            Issue.record("it was not refused")
            return
        }
        for word in ["private_key", "client_email", "clock"] { #expect(problem.message.contains(word)) }
    }

    @Test func aRefusedAccountIsToldWhatItLacks() async throws {
        let transport = FCMSamples.transport { _ in FCMSamples.refused(403, code: nil) }
        guard case .refused(let problem) = try await FCMCredential(FCMSamples.credential(), now: now).verify(over: transport, now: now) else {
            Issue.record("it was not refused")
            return
        }
        for word in ["cloudmessaging.messages.create", "p-1", "API"] { #expect(problem.message.contains(word)) }
    }

    @Test(arguments: ["/token", "messages:send"])
    func whatCannotBeReachedIsUnknown(_ part: String) async throws {
        let transport = AnsweringTransport { request in
            request.url.hasSuffix(part) ? .failure(TransportError(.unreachable, "no route")) : .success(FCMSamples.granted())
        }
        guard case .unknown(let reason) = try await FCMCredential(FCMSamples.credential(), now: now).verify(over: transport, now: now) else {
            Issue.record("it is known")
            return
        }
        #expect(reason.contains("no route"))
    }
}
