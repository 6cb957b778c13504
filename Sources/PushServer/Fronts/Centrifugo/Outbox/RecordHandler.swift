import Logging

/// Carries records out as the original's consumers do: what fails for ever is told and passed over, what may work later is tried again.
struct RecordHandler: Sendable {
    enum Verdict: Sendable, Hashable, CaseIterable {
        case carriedOut
        /// Nothing of ours.
        case skipped
        /// Refused, or unreadable.
        case refused
        /// Not now: it stays first in its queue.
        case tryAgain
    }

    let dispatcher: CentrifugoDispatcher
    let logger: Logger

    /// - Parameter identity: the same for the same record, and for no other, so that a push which is asked for twice is sent once.
    func carryOut(_ record: ConsumedRecord, identity: String) async -> Verdict {
        switch record {
        case .tombstone: return .skipped
        case .garbage(let reason):
            logger.warning("A record can't be read and is passed over", metadata: ["record": "\(identity)", "problem": "\(reason)"])
            return .refused
        case .command(let method, let parameters):
            return await carryOut(method, parameters, identity)
        }
    }

    private func carryOut(_ method: String, _ parameters: [UInt8], _ identity: String) async -> Verdict {
        let metadata: Logger.Metadata = ["record": "\(identity)", "method": "\(method)"]
        guard CentrifugoDispatcher.isPush(method) || dispatcher.upstream != nil && CentrifugoDispatcher.isMethod(method) else {
            logger.log(level: CentrifugoDispatcher.isMethod(method) ? .debug : .info, "A record is not for us", metadata: metadata)
            return .skipped
        }
        do {
            guard let call = try dispatcher.call(method, parameters, record: identity) else { return .skipped }
            _ = try await dispatcher.result(of: call, method).get()
            return .carriedOut
        } catch let error as CentrifugoError where error.code == CentrifugoError.internalCode {
            logger.debug("A record can't be carried out now", metadata: metadata.merging(["problem": "\(error.problem)"]) { $1 })
            return .tryAgain
        } catch {
            let problem = (error as? CentrifugoError)?.problem ?? (error as? MalformedBody)?.problem ?? "\(error)"
            logger.warning("A record was refused and is passed over", metadata: metadata.merging(["problem": "\(problem)"]) { $1 })
            return .refused
        }
    }
}
