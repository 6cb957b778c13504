import Testing
import WNS

@Suite struct WNSContentTests {
    @Test func aToastIsWrittenWhole() {
        let toast = WNSToast(
            lines: ["Title", "Text"], launch: "https://a.example/?a=1&b=2", activation: .protocol, scenario: .urgent, heroImage: "https://i/h.png",
            inlineImage: "https://i/i.png", logo: "https://i/l.png",
            buttons: [.init(title: "Yes", arguments: "yes", icon: "ms-appx:///y.png")], sound: "ms-winsoundevent:Notification.Mail")
        #expect(
            toast.xml
                == #"<toast launch="https://a.example/?a=1&amp;b=2" activationType="protocol" scenario="urgent"><visual><binding template="ToastGeneric"><text>Title</text><text>Text</text><image placement="hero" src="https://i/h.png"/><image src="https://i/i.png"/><image placement="appLogoOverride" src="https://i/l.png"/></binding></visual><audio src="ms-winsoundevent:Notification.Mail"/><actions><action content="Yes" arguments="yes" activationType="foreground" imageUri="ms-appx:///y.png"/></actions></toast>"#)
        #expect(WNSToast(lines: ["x"], isSilent: true).xml.contains(#"<audio silent="true"/>"#))
    }

    @Test func noTextCanBreakOutOfItsElement() {
        let xml = WNSToast(lines: [#"</text><image src="x"/> & 'q'"# + "\u{0}\u{8}\u{FFFF}"], launch: "\"><x a='\n\t").xml
        #expect(xml.contains("<text>&lt;/text&gt;&lt;image src=&quot;x&quot;/&gt; &amp; &apos;q&apos;</text>"))
        #expect(xml.contains(#"launch="&quot;&gt;&lt;x a=&apos;&#10;&#9;""#))
    }

    @Test func aToastHasFiveButtonsAtMost() {
        let buttons = (0..<7).map { WNSToast.Button(title: "\($0)", arguments: "") }
        #expect(WNSToast(lines: ["x"], buttons: buttons).xml.split(separator: "<action ").count == 6)
    }

    @Test func aTileHasABindingPerSize() {
        let tile = WNSTile([.init(.medium, lines: ["a<b"]), .init(.wide, lines: ["c"], backgroundImage: "https://i")])
        #expect(
            tile.xml
                == #"<tile><visual><binding template="TileMedium"><text>a&lt;b</text></binding><binding template="TileWide"><image placement="background" src="https://i"/><text>c</text></binding></visual></tile>"#)
    }

    @Test func aBadgeIsANumberOrAGlyph() {
        #expect(WNSBadge.number(7).xml == #"<badge value="7"/>"#)
        #expect(WNSBadge.number(-1).xml == #"<badge value="0"/>"#)
        #expect(WNSBadge.glyph(.newMessage).xml == #"<badge value="newMessage"/>"#)
    }
}
