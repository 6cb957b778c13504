import Foundation
import HTTPTransport
import JSON
import PushProviders
import PushSender
import Testing

@Suite struct HMSCredentialTests {
    private let now = HMSCredentialSamples.now

    private func field(_ fields: JSONValue) -> String? {
        do throws(CredentialProblem) {
            _ = try HMSCredential(fields, now: now)
            return nil
        } catch { return error.field }
    }

    private func changed(_ fields: JSONValue, _ name: String, _ value: JSONValue) -> JSONValue {
        guard case .object(var members) = fields else { return fields }
        members[name] = value
        return .object(members)
    }

    @Test func eachWayIsTaken() throws {
        #expect(try HMSCredential(HMSCredentialSamples.oauth, now: now).appIdentifier == "1001")
        #expect(try HMSCredential(HMSCredentialSamples.account, now: now).appIdentifier == "2002")
        #expect(try HMSCredential(HMSCredentialSamples.file, now: now).summary == ["authentication": "jwt", "app_id": "1001", "project_id": "2002"])
        let both = try HMSCredential(changed(HMSCredentialSamples.both, "endpoint", .string("http://localhost:9")), now: now)
        #expect(both.summary == ["authentication": "oauth, jwt", "app_id": "1001", "project_id": "2002", "endpoint": "http://localhost:9"])
        #expect(!both.summary.values.contains { $0.contains("secret") || $0.contains("PRIVATE") })
    }

    @Test func theFieldAtFaultIsNamed() {
        #expect(field(.string("x")) == "")
        #expect(field(.object([:])) == "client_secret")
        #expect(field(.object(["client_secret": .string("s")])) == "app_id")
        #expect(field(changed(HMSCredentialSamples.oauth, "app_id", .string("com.example"))) == "app_id")
        #expect(field(changed(HMSCredentialSamples.account, "private_key", .string("nonsense"))) == "private_key")
        #expect(field(changed(HMSCredentialSamples.account, "private_key", .bool(true))) == "private_key")
        for name in ["project_id", "key_id", "sub_account"] { #expect(field(changed(HMSCredentialSamples.account, name, .null)) == name) }
        #expect(field(changed(HMSCredentialSamples.oauth, "endpoint", .string("https://host/path"))) == "endpoint")
        #expect(field(changed(HMSCredentialSamples.oauth, "endpoint", .string("host"))) == "endpoint")
        #expect(field(changed(HMSCredentialSamples.oauth, "token_endpoint", .string("host"))) == "token_endpoint")
        #expect(field(.object(["service_account": .string("{}")])) == "service_account")
    }

    private func verdict(_ fields: JSONValue, _ status: Int, _ body: String) async throws -> CredentialVerdict {
        try await HMSCredential(fields, now: now).verify(over: AnsweringTransport(status: status, body: body), now: now)
    }

    @Test func anOAuthClientIsAskedForAToken() async throws {
        #expect(try await verdict(HMSCredentialSamples.oauth, 200, #"{"access_token":"x","expires_in":3600}"#) == .accepted)
        guard case .refused(let problem) = try await verdict(HMSCredentialSamples.oauth, 400, #"{"error":1101}"#) else { return #expect(Bool(false)) }
        #expect(problem.field == "client_secret")
        guard case .unknown = try await verdict(HMSCredentialSamples.oauth, 503, "") else { return #expect(Bool(false)) }
    }

    @Test func aServiceAccountIsTriedOnATokenOfNobody() async throws {
        let account = HMSCredentialSamples.account
        #expect(try await verdict(account, 200, #"{"code":"80300007","msg":"{\"illegalTokens\":{\"tokenFormatError\":[\"x\"]}}"}"#) == .accepted)
        guard case .refused(let key) = try await verdict(account, 401, #"{"code":"80200001","msg":"no"}"#) else { return #expect(Bool(false)) }
        #expect(key.field == "private_key")
        guard case .refused(let project) = try await verdict(account, 404, "") else { return #expect(Bool(false)) }
        #expect(project.field == "project_id")
        guard case .unknown = try await verdict(account, 500, "") else { return #expect(Bool(false)) }
    }

    @Test func endpointsStandInForHuaweis() async throws {
        let fields = changed(
            changed(HMSCredentialSamples.both, "endpoint", .string("http://localhost:9")), "token_endpoint", .string("http://localhost:8/oauth"))
        let transport = AnsweringTransport(status: 200, body: #"{"access_token":"x","code":"80000000"}"#)
        _ = try await HMSCredential(fields, now: now).verify(over: transport, now: now)
        #expect(transport.requests.map(\.url) == ["http://localhost:8/oauth", "http://localhost:9/v3/2002/messages:send"])
    }
}
