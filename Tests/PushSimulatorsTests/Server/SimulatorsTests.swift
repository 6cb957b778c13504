import Crypto
import Foundation
import NIOHPACK
import NIOHTTP2
import SwiftASN1
import Testing
import X509

@testable import PushSimulators

/// Over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct SimulatorsTests {
    private func running(_ providers: Set<SimulatedProvider>, _ work: (Simulators) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "simulators-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let simulators = try await Simulators.start(.init(providers: providers, basePort: 0, directory: folder))
        do { try await work(simulators) } catch { Issue.record(error) }
        try await simulators.stop()
    }

    /// Signed with the key that the simulators wrote.
    private func headers(_ simulators: Simulators) throws -> [(String, String)] {
        struct Credentials: Decodable { let team_id, key_id, private_key, bundle_id: String }
        let file = try #require(simulators.files.credentials["apns"])
        let own = try JSONDecoder().decode(Credentials.self, from: Data(contentsOf: URL(filePath: file)))
        let token = try Signing.es256(
            #"{"alg":"ES256","kid":"\#(own.key_id)"}"#, #"{"iss":"\#(own.team_id)","iat":\#(Int(Date().timeIntervalSince1970))}"#,
            by: .init(pemRepresentation: own.private_key))
        return [("authorization", "bearer \(token)"), ("apns-topic", own.bundle_id), ("apns-push-type", "alert")]
    }

    private func status(_ frame: HTTP2Frame) -> String? {
        if case .headers(let headers) = frame.payload { headers.headers.first(name: ":status") } else { nil }
    }

    private func streamLimit(_ frame: HTTP2Frame) -> Int? {
        guard case .settings(.settings(let settings)) = frame.payload else { return nil }
        return settings.last { $0.parameter == .maxConcurrentStreams }?.value
    }

    @Test func aPushIsAcceptedAndTheStreamsOpenUp() async throws {
        try await running([.apns]) { simulators in
            let client = try await FrameClient.connect(to: #require(simulators.origins[.apns]), trusting: simulators.files.ca)
            #expect(await client.first(streamLimit) == 1)
            let body = Array(#"{"aps":{"alert":"hello"}}"#.utf8)
            try await client.post("/3/device/\(APNsClient.deviceToken)", headers(simulators), body, on: 1)
            #expect(await client.first(streamLimit) == APNsSimulator.streamLimit)
            #expect(await client.first(status) == "200")
            #expect(simulators.counts[.apns]?.accepted == 1)
            await client.close()
        }
    }

    @Test func faultsAreSetWhileItRuns() async throws {
        try await running([.apns]) { simulators in
            simulators.setFaults(try FaultScript(json: Array(#"{"faults":[{"reset":"REFUSED_STREAM"}]}"#.utf8)))
            let client = try await FrameClient.connect(to: #require(simulators.origins[.apns]), trusting: simulators.files.ca)
            try await client.post("/3/device/\(APNsClient.deviceToken)", headers(simulators), Array("{}".utf8), on: 1)
            let code = await client.first { frame -> HTTP2ErrorCode? in if case .rstStream(let code) = frame.payload { code } else { nil } }
            #expect(code == .refusedStream)
            #expect(simulators.faults.happened == [1])
            await client.close()
        }
    }

    @Test func onlyWhatWasAskedForListens() async throws {
        try await running([.fcm, .webpush]) { simulators in
            #expect(Set(simulators.origins.keys) == [.fcm, .webpush])
            #expect(Set(simulators.files.credentials.keys) == ["fcm"])
        }
    }

    @Test func aTakenPortIsAnErrorAndLeavesNothingBehind() async throws {
        try await running([.fcm]) { simulators in
            let port = Int(simulators.controlOrigin.split(separator: ":").last ?? "") ?? 0
            let folder = FileManager.default.temporaryDirectory.appending(path: "simulators-\(UUID().uuidString)").path
            defer { try? FileManager.default.removeItem(atPath: folder) }
            await #expect(throws: SimulatorsError.self) {
                _ = try await Simulators.start(.init(providers: [], basePort: port, directory: folder))
            }
        }
    }

    @Test func aClientCertificateSaysWhatItIsGoodFor() throws {
        let now = Date()
        let authority = try CertificateAuthority(name: "test", now: now)
        let issued = try authority.client(bundleID: "com.example.app", now: now)
        let read = ClientCertificate(try .init(pemEncoded: issued.certificatePEM))
        #expect(read.topics == ["com.example.app", "com.example.app.voip", "com.example.app.complication"])
        #expect(read.environments == ["production", "sandbox"])
        #expect(try CertificateAuthority(pem: authority.pem).certificate == authority.certificate)
    }
}
