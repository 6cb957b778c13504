import Crypto
import Foundation
import HTTPTransport
import JSON
import PushSender
import Testing

@testable import PushProviders

@Suite struct APNsCredentialTests {
    private let now = APNsSamples.now

    private func problem(_ fields: JSONValue) -> CredentialProblem? {
        #expect(throws: CredentialProblem.self) { try APNsCredential(fields, now: now) }
    }

    private func problem(_ changes: [String: JSONValue?]) -> CredentialProblem? { problem(APNsSamples.keyFields(changes)) }

    // MARK: Keys

    @Test func aKeyIsForBothEnvironments() throws {
        let credential = try APNsSamples.credential()
        #expect(credential.environments == [.production, .sandbox] && credential.appIdentifier == "com.example.app")
        #expect(
            credential.summary == ["team_id": "TEAM123456", "key_id": "KEY1234567", "bundle_id": "com.example.app", "environment": "both"],
            "and no secret")
        #expect(try APNsSamples.credential(["environment": .string("sandbox")]).environments == [.sandbox])
    }

    @Test(arguments: ["team_id", "key_id", "bundle_id", "private_key"])
    func aMissingFieldIsNamed(_ field: String) { #expect(problem([field: nil])?.field == field) }

    @Test func aWrongFieldIsNamed() {
        #expect(problem(["team_id": .string("SHORT")])?.field == "team_id")
        #expect(problem(["key_id": .string("ELEVEN12345")])?.field == "key_id")
        #expect(problem(["private_key": .string("-----BEGIN PRIVATE KEY-----")])?.field == "private_key")
        #expect(problem(["private_key": .string(P521.Signing.PrivateKey().pemRepresentation)])?.field == "private_key")
        #expect(problem(["bundle_id": .string("com/example")])?.field == "bundle_id")
        #expect(problem(["environment": .string("development")])?.field == "environment")
        for field in ["endpoint", "sandbox_endpoint", "broadcast_endpoint", "management_endpoint"] {
            #expect(problem([field: .string("https://a.example/path")])?.field == field)
        }
        #expect(problem(.array([])) != nil)
    }

    // MARK: Certificates

    @Test func aCertificateSaysWhatItIsFor() throws {
        let credential = try APNsCredential(.object(try APNsSamples.certified().fields), now: now)
        #expect(credential.appIdentifier == "com.example.app" && credential.environments == [.production, .sandbox])
        #expect(credential.summary["certificate"]?.hasSuffix("expires on 2028-01-15") == true)
        #expect(credential.summary["private_key"] == nil)
        #expect(try APNsCredential(.object(try APNsSamples.certified(marks: [1]).fields), now: now).environments == [.sandbox])
        #expect(try APNsCredential(.object(try APNsSamples.certified(marks: []).fields), now: now).environments.count == 2)
    }

    @Test func anExpiredCertificateIsNamedWithItsDay() throws {
        let expired = problem(.object(try APNsSamples.certified(days: -400...(-30)).fields))
        #expect(expired?.field == "certificate" && expired?.message.contains("expired on 2026-12-16") == true)
        let early = problem(.object(try APNsSamples.certified(days: 30...400).fields))
        #expect(early?.field == "certificate" && early?.message.contains("2027-02-14") == true)
    }

    @Test func aCertificateNeedsItsOwnKey() throws {
        let certified = try APNsSamples.certified(), other = try APNsSamples.certified()
        let mixed: JSONValue = .object(["certificate": .string(certified.certificate), "private_key": .string(other.privateKey)])
        #expect(problem(mixed)?.field == "private_key")
        #expect(problem(mixed)?.message.contains("doesn't belong") == true)
        #expect(problem(.object(["certificate": .string(certified.certificate)]))?.field == "private_key")
        #expect(problem(.object(["certificate": .string(certified.certificate), "private_key": .string("x")]))?.field == "private_key")
        #expect(problem(.object(["certificate": .string("x"), "private_key": .string(certified.privateKey)]))?.field == "certificate")
        #expect(
            problem(.object(["certificate": .string(certified.privateKey), "private_key": .string(certified.privateKey)]))?.field == "certificate")
    }

    @Test func aChainMayFollowTheCertificate() throws {
        let certified = try APNsSamples.certified(), root = try APNsSamples.certified(bundleID: "root")
        var fields = certified.fields
        fields["certificate"] = .string(certified.certificate + "\n" + root.certificate)
        #expect(try APNsCredential(.object(fields), now: now).appIdentifier == "com.example.app")
    }

    @Test func aBundleIDMustBeTheCertificates() throws {
        var fields = try APNsSamples.certified(topics: ["com.example.app", "com.example.app.voip"]).fields
        fields["bundle_id"] = .string("com.example.other")
        #expect(problem(.object(fields))?.field == "bundle_id")
        fields["bundle_id"] = .string("com.example.app.voip")
        #expect(try APNsCredential(.object(fields), now: now).appIdentifier == "com.example.app.voip")
        #expect(problem(.object(try APNsSamples.certified(bundleID: nil).fields))?.field == "bundle_id")
    }

    @Test func anEnvironmentMustBeTheCertificates() throws {
        var fields = try APNsSamples.certified(marks: [1]).fields
        for wrong in ["production", "both", "x"] {
            fields["environment"] = .string(wrong)
            #expect(problem(.object(fields))?.field == "environment")
        }
        fields["environment"] = .string("sandbox")
        #expect(try APNsCredential(.object(fields), now: now).environments == [.sandbox])
    }

    // MARK: Asking APNs

    private func verdict(_ status: Int, _ reason: String, _ fields: JSONValue = APNsSamples.keyFields()) async throws -> CredentialVerdict {
        let transport = AnsweringTransport { _ in .success(.json(#"{"reason":"\#(reason)"}"#, status: status)) }
        return await (try APNsCredential(fields, now: now)).verify(over: transport, now: now)
    }

    @Test(arguments: [(400, "BadDeviceToken"), (410, "Unregistered"), (400, "DeviceTokenNotForTopic"), (200, "")])
    func whoComplainsOfTheTokenTakesTheRest(_ status: Int, _ reason: String) async throws {
        #expect(try await verdict(status, reason) == .accepted)
    }

    @Test(arguments: [
        (403, "InvalidProviderToken", "key_id"), (403, "BadEnvironmentKeyIdInToken", "environment"), (400, "TopicDisallowed", "bundle_id"),
        (400, "BadTopic", "bundle_id"), (403, "TopicMismatch", "bundle_id"), (403, "MissingProviderToken", "private_key"),
        (403, "Forbidden", "key_id"), (403, "NotYetInvented", "key_id"),
    ])
    func aRefusalNamesTheField(_ status: Int, _ reason: String, _ field: String) async throws {
        let problem = try await verdict(status, reason).problem
        #expect(problem?.field == field && problem?.message.contains(reason) == true)
    }

    @Test func aRefusedCertificateIsNamed() async throws {
        for (reason, field) in [("BadCertificate", "certificate"), ("BadCertificateEnvironment", "environment"), ("Forbidden", "certificate")] {
            #expect(try await verdict(403, reason, .object(try APNsSamples.certified().fields)).problem?.field == field)
        }
    }

    @Test(arguments: [(503, "ServiceUnavailable"), (429, "TooManyProviderTokenUpdates"), (403, "ExpiredProviderToken"), (404, "BadPath")])
    func troubleSaysNothingOfTheCredential(_ status: Int, _ reason: String) async throws {
        let verdict = try await verdict(status, reason)
        #expect(verdict != .accepted && verdict.problem == nil)
    }

    @Test func silenceSaysNothingEither() async throws {
        let transport = AnsweringTransport { _ in .failure(TransportError(.unreachable, "no way")) }
        #expect(await (try APNsSamples.credential()).verify(over: transport, now: now) == .unknown(reason: "no way"))
    }

    @Test func everyEnvironmentIsAsked() async throws {
        let transport = AnsweringTransport { request in
            let isSandbox = request.url.contains("sandbox")
            return .success(.json(#"{"reason":"\#(isSandbox ? "BadEnvironmentKeyIdInToken" : "BadDeviceToken")"}"#, status: isSandbox ? 403 : 400))
        }
        let verdict = await (try APNsSamples.credential()).verify(over: transport, now: now)
        #expect(verdict.problem?.field == "environment" && transport.requests.count == 2)
        #expect(transport.requests.allSatisfy { $0.url.hasSuffix("/3/device/" + String(repeating: "0", count: 64)) })
        let authorizations = Set(transport.requests.map { $0.value(of: "authorization") })
        #expect(authorizations.count == 1)
    }
}

extension CredentialVerdict {
    /// Why it is refused, if it is.
    fileprivate var problem: CredentialProblem? { if case .refused(let problem) = self { problem } else { nil } }
}
