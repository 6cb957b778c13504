import Crypto
import JWS
import Logging
import PushSender
import PushService
import PushStorage
import Synchronization
import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Hands a homeserver's notice on, device by device.
struct MatrixGateway: Sendable {
    let intake: MessageIntake
    let door: MessageDoor
    let codec: EndpointCodec
    let rates: EndpointLimits
    let pushes: MatrixPushes
    let seen: SeenNotices
    let logger: Logger
    let now: @Sendable () -> Date

    /// - Returns: the pushkeys that are dead for good. A homeserver deletes their pushers.
    /// - Throws: ``MatrixProblem`` when it should send the same again later. What was handed on is not handed on again then.
    func handOn(_ notice: MatrixNotice, from address: ClientAddress) async throws -> [String] {
        var rejected: [String] = [], wait: Int?, isInTrouble = false
        for device in notice.devices where !seen.contains(notice, device) {
            do {
                if try await takes(notice, device, address) { seen.remember(notice, device) } else { rejected.append(device.pushkey) }
            } catch let refusal as EndpointRefusal where refusal.status == 429 {
                wait = max(wait ?? 0, refusal.retryAfterSeconds ?? 1)
            } catch {
                logger.error("A homeserver's notification could not be kept", metadata: ["error": "\(error)"])
                isInTrouble = true
            }
        }
        if isInTrouble { throw MatrixProblem.trouble }
        if let wait { throw MatrixProblem.tooMany(retryAfterSeconds: wait) }
        return rejected
    }

    /// - Returns: false for a device that there is not, and won't be.
    private func takes(_ notice: MatrixNotice, _ device: MatrixDevice, _ address: ClientAddress) async throws -> Bool {
        guard codec.isOwn(device.pushkey) else { return try await pushes.send(notice, to: device, now: now()) }
        do {
            let message = try message(notice, device)
            try rates.take(message, from: address, now: .now)
            _ = try await door.accept(message)
            return true
        } catch let refusal as EndpointRefusal where [401, 404, 410].contains(refusal.status) {
            return false
        } catch let refusal as EndpointRefusal where refusal.status == 413 {
            logger.warning("A homeserver's notification is too large even in brief, and dropped: its pusher's data leave no room")
            return true
        }
    }

    /// The whole body as it came, or what matters of it where that is too large.
    private func message(_ notice: MatrixNotice, _ device: MatrixDevice) throws(EndpointRefusal) -> NewMessage {
        let fits = notice.body.count <= PushServiceLimits.promisedBodyBytes
        return try intake.message(
            handing: fits ? notice.body : notice.brief(for: device), to: device.pushkey, urgency: notice.isUrgent ? .high : .low,
            collapseKey: try? CollapseKey(notice.collapseKey), now: now())
    }
}

extension MatrixNotice {
    /// A notice that comes again takes the place of the first, if that still waits, and so does one that only says new counts.
    var collapseKey: String {
        String(Base64URL.encode(Array(SHA256.hash(data: Array((eventID.map { "event " + $0 } ?? "counts").utf8)))).prefix(32))
    }
}

/// Remembers what was handed on: a homeserver that is asked to come again sends everything again.
final class SeenNotices: Sendable {
    private let seen = Mutex(RecentlyUsed<SHA256.Digest, Bool>(capacity: 20_000))

    func contains(_ notice: MatrixNotice, _ device: MatrixDevice) -> Bool {
        notice.digest(for: device).map { digest in seen.withLock { $0[digest] } == true } ?? false
    }

    func remember(_ notice: MatrixNotice, _ device: MatrixDevice) {
        guard let digest = notice.digest(for: device) else { return }
        seen.withLock { $0[digest] = true }
    }
}

extension MatrixNotice {
    /// What a repetition has in common with the first; nil for news of counts, which may be sent twice.
    func digest(for device: MatrixDevice) -> SHA256.Digest? {
        eventID.map { SHA256.hash(data: Array("\($0)\n\(device.appID)\n\(device.pushkey)".utf8)) }
    }
}
