import HMS
public import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension HMSCredential {
    /// Asks for an access token where there is a secret, and sends to a token that nobody has where there is a service account.
    public func verify(over transport: any Transport, now: Date) async -> CredentialVerdict {
        if hasSecret {
            let verdict = await coreAccess.fetch(transport, now).verdict
            guard verdict == .accepted, harmonyAccess != nil else { return verdict }
        }
        return await verifyAccount(over: transport, now: now)
    }

    private func verifyAccount(over transport: any Transport, now: Date) async -> CredentialVerdict {
        guard let harmonyAccess, let harmonyURL, case .success(let token) = await harmonyAccess.fetch(transport, now),
            let body = try? HMSRequestBody(Self.probe).bytes(to: .tokens(["herald-verifies-the-credential"]))
        else { return .unknown(reason: "the service account made no access token") }
        do throws(TransportError) {
            let request = PreparedHMS.request(harmonyURL, token.value, body, pushType: .alert)
            let reply = try await transport.send(request, within: .seconds(10))
            switch HMSOutcome.read(reply, tokens: [""], isHarmony: true, now: now) {
            case .accessTokenRefused(let reason): return .refused(CredentialProblem(field: "private_key", reason))
            case .each(let outcomes): return Self.verdict(outcomes.first)
            }
        } catch {
            return .unknown(reason: error.message)
        }
    }

    /// The token is nobody's, so that a "no" to it is as good as a "yes".
    private static func verdict(_ outcome: Outcome?) -> CredentialVerdict {
        switch outcome {
        case .unauthorized(let problem): .refused(CredentialProblem(field: "project_id", problem))
        case .unavailable(_, let reason): .unknown(reason: reason)
        case .throttled: .unknown(reason: "Huawei limits how often it is asked just now")
        default: .accepted
        }
    }

    private static var probe: HarmonyMessage {
        var options = HarmonyPushOptions(ttl: 1)
        options.testMessage = true
        return HarmonyMessage(pushType: .alert, payload: .init(notification: .init(title: "Test", body: "Test")), pushOptions: options)
    }
}
