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
            return .refused(CredentialProblem(field: refusal.field ?? "service_account", refusal.reason))
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
            let request = TransportRequest(url: url, headers: FCMRequest.headers(accessToken: accessToken), body: body)
            let reply = try await transport.send(request, within: .seconds(10))
            return verdict(FCMReply(status: reply.status, body: reply.body))
        } catch {
            return .unknown(reason: "FCM could not be asked: \(error.message)")
        }
    }

    private func verdict(_ reply: FCMReply) -> CredentialVerdict {
        switch reply {
        case .accepted: .accepted
        case .refused(let refusal): refusal.code.map { verdict($0, refusal) } ?? verdict(refusal)
        }
    }

    /// FCM itself has spoken. Its "no" to the token, which is nobody's, is as good as a "yes".
    private func verdict(_ code: FCMRefusal.Code, _ refusal: FCMRefusal) -> CredentialVerdict {
        switch code {
        case .invalidArgument, .unregistered, .senderIDMismatch, .quotaExceeded: .accepted
        default: .unknown(reason: FCMOutcome.explain(refusal))
        }
    }

    /// Google has, before FCM.
    private func verdict(_ refusal: FCMRefusal) -> CredentialVerdict {
        let words = FCMOutcome.explain(refusal)
        return switch refusal.httpStatus {
        case 401: .refused(CredentialProblem(field: "service_account.private_key", words))
        case 403:
            .refused(
                CredentialProblem(
                    field: "service_account",
                    """
                    \(words): the account needs the permission cloudmessaging.messages.create in \(projectID), so give it the role \
                    Firebase Cloud Messaging API Admin there; and switch the Firebase Cloud Messaging API on in that project
                    """
                ))
        case 404: .refused(CredentialProblem(field: "project_id", "\(words): there is no project \(projectID)"))
        default: .unknown(reason: words)
        }
    }
}
