import Foundation
import HTTPTransport
import JSON
import PushProviders
import PushSender
import Testing

@Suite struct WNSCredentialTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let entra: [String: JSONValue] = ["tenant_id": .string("t-1"), "client_id": .string("c"), "client_secret": .string("s")]
    private let store: [String: JSONValue] = ["package_sid": .string("ms-app://s-1"), "client_secret": .string("s")]

    private func field(_ fields: [String: JSONValue]) -> String? {
        do throws(CredentialProblem) {
            _ = try WNSCredential(.object(fields), now: now)
            return nil
        } catch { return error.field }
    }

    @Test func bothGenerationsAreTaken() throws {
        let modern = try WNSCredential(.object(entra), now: now)
        #expect(modern.appIdentifier == "c" && modern.summary == ["tenant_id": "t-1", "client_id": "c"])
        let old = try WNSCredential(.object(store), now: now)
        #expect(old.appIdentifier == "ms-app://s-1" && old.summary == ["package_sid": "ms-app://s-1"])
    }

    @Test func theFieldAtFaultIsNamed() {
        #expect(field([:]) == "client_secret")
        #expect(field(["client_secret": .string("s")]) == "tenant_id")
        #expect(field(["client_secret": .string("s"), "tenant_id": .string("t")]) == "client_id")
        #expect(field(entra.merging(["tenant_id": .string("../x")]) { $1 }) == "tenant_id")
        #expect(field(store.merging(["package_sid": .string("s-1-15")]) { $1 }) == "package_sid")
        #expect(field(store.merging(["endpoint": .string("https://u@h")]) { $1 }) == "endpoint")
        #expect(field(store.merging(["token_endpoint": .integer(1)]) { $1 }) == "token_endpoint")
    }

    @Test func aTokenIsAskedFor() async throws {
        func verdict(_ status: Int, _ body: String) async throws -> CredentialVerdict {
            try await WNSCredential(.object(entra), now: now).verify(over: AnsweringTransport(status: status, body: body), now: now)
        }
        #expect(try await verdict(200, #"{"access_token":"x","expires_in":86399}"#) == .accepted)
        guard case .refused(let problem) = try await verdict(401, #"{"error":"invalid_client"}"#) else { return #expect(Bool(false)) }
        #expect(problem.field == "client_secret" && problem.message.contains("invalid_client"))
        guard case .unknown = try await verdict(503, "") else { return #expect(Bool(false)) }
    }

    @Test func aTokenEndpointStandsInForMicrosofts() async throws {
        let transport = AnsweringTransport(status: 200, body: #"{"access_token":"x"}"#)
        _ = try await WNSCredential(.object(store.merging(["token_endpoint": .string("http://localhost:8/t")]) { $1 }), now: now)
            .verify(over: transport, now: now)
        #expect(transport.requests.map(\.url) == ["http://localhost:8/t"])
    }
}
