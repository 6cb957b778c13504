extension ClientAddress {
    /// Who asks, where proxies stand between: the last address in `X-Forwarded-For` that is no trusted proxy's.
    ///
    /// Each proxy appends whom it heard from; what stands before an entry of ours was written by the client, who may write anything.
    /// - Parameters:
    ///   - forwarded: the values of all headers of that name, in their order.
    ///   - proxies: whose entries count. From anybody else the header is ignored.
    func client(forwarded: [String], proxies: [AddressBlock]) -> ClientAddress {
        guard !proxies.isEmpty else { return self }
        var client = self
        for entry in forwarded.joined(separator: ",").split(separator: ",").reversed() {
            guard proxies.contains(where: { $0.contains(client) }), let named = ClientAddress(entry.filter { $0 != " " }) else { break }
            client = named
        }
        return client
    }
}
