import PushSender
import Synchronization

/// What came of this process's attempts since it started.
final class SendingCounts: Sendable {
    struct Counts: Sendable, Hashable {
        var accepted = 0
        /// Failed, expired, or of a dead token.
        var refused = 0
    }

    /// What devices are counted apart by.
    struct Series: Sendable, Hashable {
        var provider: ProviderName
        /// How the push named whom it is for.
        var recipients: RecipientKind
        /// Empty where it isn't known.
        var platform: String
    }

    /// What pages are.
    struct Job: Sendable, Hashable {
        var provider: ProviderName
        var recipients: RecipientKind
    }

    private struct State {
        var devices: [Series: PushCounters] = [:]
        var pages: [Job: DurationHistogram] = [:]
    }

    private let state = Mutex(State())

    /// A device may say anything of its platform: beyond so many they are counted as one.
    private static let seriesLimit = 200

    func add(_ page: PageReport) {
        let job = Job(provider: page.lane.provider, recipients: RecipientKind(page.push.audience))
        state.withLock { state in
            for (platform, counters) in page.byPlatform {
                var series = Series(provider: job.provider, recipients: job.recipients, platform: platform)
                if state.devices[series] == nil, state.devices.count >= Self.seriesLimit { series.platform = "other" }
                state.devices[series] = (state.devices[series] ?? PushCounters()) + counters
            }
            if !page.byPlatform.isEmpty { state.pages[job, default: DurationHistogram()].add(seconds: page.seconds) }
        }
    }

    var byProvider: [ProviderName: PushCounters] {
        devices.reduce(into: [:]) { $0[$1.key.provider] = ($0[$1.key.provider] ?? PushCounters()) + $1.value }
    }

    func of(_ provider: ProviderName) -> Counts {
        let counters = byProvider[provider] ?? PushCounters()
        return Counts(accepted: counters.accepted, refused: counters.failed + counters.expired + counters.unregistered)
    }

    /// Devices that came to an end.
    var devices: [Series: PushCounters] { state.withLock { $0.devices } }
    /// How long pages took.
    var pages: [Job: DurationHistogram] { state.withLock { $0.pages } }
}

/// How a push names whom it is for, in Centrifugo's words: `filter`, `fcm_tokens`, `hms_topic`, …
struct RecipientKind: Sendable, Hashable {
    let name: String

    init(_ audience: Audience) {
        guard let token = audience.tokens.first else {
            name = "filter"
            return
        }
        let kinds = [RawToken.topicKind, RawToken.conditionKind]
        name = "\(token.provider.rawValue)_\(kinds.contains(token.token.kind) ? token.token.kind : "tokens")"
    }
}
