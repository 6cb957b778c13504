import FCM
public import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension FCMCredential {
    /// Asks for an access token, then lets FCM check a message to a token that nobody has.
    public func verify(over transport: any Transport, now: Date) async -> CredentialVerdict {
        switch await access.fetch(transport, now) {
        case .failure(let refusal) where refusal.isPermanent:
            return .refused(CredentialProblem(field: "service_account.private_key", refusal.reason))
        case .failure(let refusal): return .unknown(reason: refusal.reason)
        case .success(let token): return await verify(token.value, over: transport)
        }
    }

    private func verify(_ accessToken: String, over transport: any Transport) async -> CredentialVerdict {
        let message = FCMMessage(notification: FCMNotification(title: "Test"))
        guard let body = try? FCMRequestBody(message, validateOnly: true).bytes(to: .token("herald-verifies-the-credential")) else {
            return .unknown(reason: "the test message could not be made")
        }
        do throws(TransportError) {
            let reply = try await transport.send(PreparedFCM.request(url, accessToken, body), within: .seconds(10))
            return verdict(FCMReply(status: reply.status, body: reply.body))
        } catch {
            return .unknown(reason: error.message)
        }
    }

    /// A "no" to the token, which is nobody's, is as good as a "yes".
    private func verdict(_ reply: FCMReply) -> CredentialVerdict {
        guard case .refused(let refusal) = reply else { return .accepted }
        if refusal.code != nil || refusal.httpStatus == 400 { return .accepted }
        let words = FCMOutcome.explain(refusal)
        return switch refusal.httpStatus {
        case 401: .refused(CredentialProblem(field: "service_account.private_key", words))
        case 403:
            .refused(
                CredentialProblem(
                    field: "service_account",
                    "\(words): give the account the role Firebase Cloud Messaging API Admin, and switch the FCM API on in the project"))
        case 404: .refused(CredentialProblem(field: "project_id", "\(words): there is no project \(projectID)"))
        default: .unknown(reason: words)
        }
    }
}
