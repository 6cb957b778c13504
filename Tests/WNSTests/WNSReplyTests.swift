import Testing
import WNS

@Suite struct WNSReplyTests {
    private func reply(_ headers: [String: String], status: Int = 200) -> WNSReply { WNSReply(status: status) { headers[$0] } }

    @Test(arguments: ["x-wns-status", "x-wns-notificationstatus"]) func theStatusHasTwoNames(_ name: String) {
        #expect(reply([name: "received"]).notificationStatus == .received)
        #expect(reply([name: "Dropped"]).notificationStatus == .dropped)
        #expect(reply([name: "channelThrottled"]).notificationStatus == .channelThrottled)
        #expect(reply([name: "something new"]).notificationStatus == nil)
    }

    @Test func theRestIsRead() {
        let reply = reply(
            ["x-wns-deviceconnectionstatus": "TempConnected", "x-wns-msg-id": "m", "x-wns-error-description": "Domain Blocked by x"], status: 410)
        #expect(reply.deviceConnectionStatus == .temporarilyConnected && reply.messageID == "m" && reply.isDomainBlocked && reply.status == 410)
        #expect(!self.reply([:]).isDomainBlocked)
    }
}
