import AddressRule
import HTTPTransport

/// A batch by where its parts go. The requests of a batch mostly share a few origins, so a URL is read only when its beginning is new.
struct BatchParts {
    enum Part {
        case http2(HTTPOrigin, ConnectionGroup, [Run])
        case http1(Int)
        case refused(Int, TransportError)
    }

    private(set) var parts: [Part] = []
    /// Beginnings of URLs, up to their paths, that were read: requests of a few origins may come in any order.
    private var known: [Beginning] = []
    private static let knownLimit = 16

    fileprivate struct Beginning {
        let url: [UInt8]
        let group: String
        let originLength: Int
        /// Which of the parts has its runs.
        let place: Int
    }

    init(_ batch: Batch, rule: AllowedAddresses) {
        var index = 0
        while index < batch.requests.count {
            let first = batch.requests[index]
            if let beginning = known.first(where: { $0.covers(first) }) {
                let end = batch.requests[(index + 1)...].firstIndex { !beginning.covers($0) } ?? batch.requests.count
                append(Run(batch: batch, indices: index..<end, originLength: UInt16(beginning.originLength)), at: beginning.place)
                index = end
            } else {
                read(first, index, of: batch, rule)
                index += 1
            }
        }
    }

    private mutating func read(_ request: TransportRequest, _ index: Int, of batch: Batch, _ rule: AllowedAddresses) {
        do {
            let (origin, length) = try HTTPOrigin.parse(request.url)
            try rule.check(origin)
            guard origin.isSecure else { return parts.append(.http1(index)) }
            let place = place(of: origin, request.group)
            append(Run(batch: batch, indices: index..<index + 1, originLength: UInt16(length)), at: place)
            let url = Array(request.url.utf8.prefix(length + 1))
            // Without a path nothing surely ends the host.
            guard url.last == UInt8(ascii: "/"), url.count == length + 1 else { return }
            if known.count == Self.knownLimit { known.removeFirst() }
            known.append(Beginning(url: url, group: request.group.id, originLength: length, place: place))
        } catch {
            parts.append(.refused(index, TransportError(refusing: error)))
        }
    }

    private mutating func place(of origin: HTTPOrigin, _ group: ConnectionGroup) -> Int {
        let place = parts.firstIndex { part in
            if case .http2(origin, group, _) = part { true } else { false }
        }
        if let place { return place }
        parts.append(.http2(origin, group, []))
        return parts.count - 1
    }

    private mutating func append(_ run: Run, at place: Int) {
        guard case .http2(let origin, let group, var runs) = parts[place] else { return }
        // Else the array would have two owners, and be copied for each run.
        parts[place] = .http1(-1)
        if let last = runs.last, last.indices.upperBound == run.indices.lowerBound, last.originLength == run.originLength {
            runs[runs.count - 1].indices = last.indices.lowerBound..<run.indices.upperBound
        } else {
            runs.append(run)
        }
        parts[place] = .http2(origin, group, runs)
    }
}

extension BatchParts.Beginning {
    fileprivate func covers(_ request: TransportRequest) -> Bool {
        request.group.id == group && request.url.utf8.starts(with: url)
    }
}

extension TransportError {
    /// What is wrong with a URL.
    fileprivate init(refusing cause: any Error) {
        switch cause {
        case let error as ForbiddenAddress: self.init(.forbiddenAddress, error.description)
        case let error as InvalidURL: self.init(.invalidURL, error.description)
        default: self.init(.invalidURL, "the URL can't be used: \(cause)")
        }
    }
}
