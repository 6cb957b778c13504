import APNs
public import HTTPTransport
import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension APNsCredential {
    /// Sends to a token that nobody has, in each environment the credential is for: that APNs complains of the token shows that it takes
    /// the rest.
    public func verify(over transport: any Transport, now: Date) async -> CredentialVerdict {
        for environment in environments.compactMap(APNsEnvironment.init) {
            let verdict = await verify(in: environment, over: transport, now: now)
            guard verdict == .accepted else { return verdict }
        }
        return .accepted
    }

    private func verify(in environment: APNsEnvironment, over transport: any Transport, now: Date) async -> CredentialVerdict {
        do throws(APNsRoute.Obstacle) {
            let route = try APNsRoute(self, to: origins.device(environment), purpose: "verification", now: now)
            guard let request = Self.request(route) else { return .unknown(reason: "the request to ask with can't be made") }
            return await verdict(on: request, over: transport, route, now)
        } catch {
            guard case .unauthorized(let problem) = error.outcome else { return .unknown(reason: "the provider token can't be made") }
            return .refused(CredentialProblem(field: "private_key", problem))
        }
    }

    private static func request(_ route: APNsRoute) -> TransportRequest? {
        guard
            let notification = try? APNsNotification(
                payload: Array(#"{"aps":{}}"#.utf8), pushType: .alert, priority: .considerate, expiration: .immediately),
            let nobody = try? APNsDeviceToken(hex: String(repeating: "00", count: 32))
        else { return nil }
        let template = APNsRequestTemplate(notification, bundleID: route.credential.bundleID, providerToken: route.providerToken)
        return route.transportRequest(template.request(to: nobody))
    }

    private func verdict(
        on request: TransportRequest, over transport: any Transport, _ route: APNsRoute, _ now: Date
    ) async -> CredentialVerdict {
        let answer: TransportReply
        do throws(TransportError) {
            answer = try await transport.send(request, within: .seconds(10))
        } catch {
            return .unknown(reason: error.message)
        }
        let reply = APNsReply(status: answer.status, body: answer.body) { answer.header($0) }
        if let field = fault(reply) { return .refused(CredentialProblem(field: field, APNsOutcome.explain(reply))) }
        if reply.isSuccess || reply.status == 410 { return .accepted }
        if let reason = reply.reason, [.badDeviceToken, .deviceTokenNotForTopic].contains(reason) { return .accepted }
        // Lets the token's keeper know, who may know more.
        let outcome = route.outcome(of: .success(answer), now: now)
        if case .unauthorized(let problem) = outcome { return .unknown(reason: problem) }
        return .unknown(reason: APNsOutcome.explain(reply))
    }

    /// The field that an answer finds at fault.
    private func fault(_ reply: APNsReply) -> String? {
        switch reply.reason {
        case .invalidProviderToken: "key_id"
        case .missingProviderToken: isCertificate ? "certificate" : "private_key"
        case .badEnvironmentKeyIDInToken, .badCertificateEnvironment: "environment"
        case .badCertificate: "certificate"
        case .badTopic, .missingTopic, .topicDisallowed, .topicMismatch: "bundle_id"
        // About our clock and our connections.
        case .expiredProviderToken, .unrelatedKeyIDInToken: nil
        default: reply.status == 403 ? (isCertificate ? "certificate" : "key_id") : nil
        }
    }

    private var isCertificate: Bool { if case .certificate = authentication { true } else { false } }
}
