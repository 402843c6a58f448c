//! What becomes of messages.

use super::*;
use crate::intake::mail::Mailbox;

const MBOX: &[u8] = b"\
From ana@x.test Thu Jan  1 08:00:00 2026\r
From: =?UTF-8?B?w4FuYQ==?= <Ana@x.test>\r
To: \"Help\" <help@fam.test>, bo@fam.test\r
Subject: =?ISO-2022-JP?B?GyRCJWIhPCU/GyhC?=\r
Message-ID: <a@x>\r
Date: Thu, 1 Jan 2026 08:00:00 +0000\r
X-Priority: 1 (Highest)\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary=b\r
\r
--b\r
Content-Type: text/html; charset=ISO-8859-1\r
Content-Transfer-Encoding: quoted-printable\r
\r
<p>Caf=E9 is <b>jammed</b>.</p>\r
--b\r
Content-Type: image/png\r
Content-Disposition: attachment; filename=\"shot.png\"\r
Content-Transfer-Encoding: base64\r
\r
AAAA\r
--b--\r
\r
From bo@x.test Thu Jan  1 09:00:00 2026\r
From: Bo <bo@x.test>\r
Subject: Re: something else entirely\r
Message-ID: <b@x>\r
In-Reply-To: <a@x>\r
Date: Thu, 1 Jan 2026 09:00:00 +0000\r
\r
Which one?\r
\r
On 1 Jan 2026, Ana wrote:\r
> Cafe is jammed.\r
\r
From ana@x.test Thu Jan  1 10:00:00 2026\r
From: ana@x.test\r
Subject: Re: Re: something\r
Message-ID: <c@x>\r
References: <a@x> <b@x>\r
Date: Thu, 1 Jan 2026 10:00:00 +0000\r
\r
All of them. \x1b[31m\r
\r
From eve@x.test Thu Jan  1 11:00:00 2026\r
From: Eve <eve@x.test>\r
Subject: Re: Hello\r
Message-ID: <d@x>\r
References: <gone@x>\r
Date: Thu, 1 Jan 2026 11:00:00 +0000\r
\r
Still there?\r
> you said\r
\r
From eve@x.test Thu Jan  1 12:00:00 2026\r
From: Eve <eve@x.test>\r
Subject: Hello\r
Message-ID: <e@x>\r
In-Reply-To: <gone@x>\r
\r
Hello again\r
\r
From m@x.test Thu Jan  1 12:00:00 2026\r
From: robot@x.test\r
Subject: Out of office\r
Message-ID: <f@x>\r
Auto-Submitted: auto-replied\r
\r
Away.\r
\r
From m@x.test Thu Jan  1 12:00:00 2026\r
From: daemon@x.test\r
Subject: Returned\r
Message-ID: <g@x>\r
Content-Type: multipart/report; boundary=r\r
\r
--r--\r
\r
From m@x.test Thu Jan  1 12:00:00 2026\r
X-Nothing: here\r
\r
text\r
";

const SINGLE: &[u8] =
    b"From: Ana <ana@x.test>\nSubject: Hello\nDate: Thu, 1 Jan 2026 13:00:00 +0000\n\nAnother.\n";

fn read(files: &[(&str, &[u8])]) -> Plan {
    plan_all(&mut Mailbox::default(), files, &destination())
}

#[test]
fn threads_go_by_ids_and_never_by_subject() {
    let plan = read(&[("in.mbox", MBOX), ("one.eml", SINGLE)]);
    let titles: Vec<&str> = plan.tickets().iter().map(|it| it.title.as_str()).collect();
    assert_eq!(titles, ["モータ", "Hello", "Hello"]);
    let jam = plan.ticket("a@x");
    assert_eq!(plan.name_of(jam.requested_by), "Ána");
    assert_eq!(jam.common.creation_date, Timestamp(1_767_254_400));
    assert_eq!((jam.severity, jam.status), (Severity::Sev3, Status::Open));
    assert!(jam.tags.contains("import:priority=1"));
    let text = plan.description(jam.ticket_id);
    let expected = "Café is **jammed**.\n\n\
                    To:\n- Help <help@fam.test>\n- bo@fam.test\nmail: a@x";
    assert_eq!(text, expected);
    let files = plan.files();
    let [shot] = files.as_slice() else {
        panic!("{files:?}");
    };
    assert_eq!((shot.file_name.as_str(), shot.bytes), ("shot.png", 3));
    // Three zeros are no picture, whatever they are called.
    assert_eq!(shot.content_type, "application/octet-stream");
    assert_eq!((shot.ticket_id, shot.comment_id), (jam.ticket_id, None));
    let mut blobs = plan.entries.iter().filter_map(|it| it.blob.as_ref());
    assert!(blobs.any(|it| it.is_file && it.sha256 == shot.sha256));
    assert_eq!(plan.report.attachments, 1);
    let said: Vec<(&str, bool)> = plan
        .comments()
        .into_iter()
        .map(|it| (it.comment_body.preview(), it.reply_to.is_some()))
        .collect();
    assert_eq!(
        said,
        [
            ("Which one?", false),
            ("All of them. \u{1b}[31m", true),
            ("Hello again", false),
        ]
    );
    // Its beginning is missing; the earliest message stands for it, with all that it quotes.
    let torn = plan.ticket("gone@x");
    assert!(
        plan.description(torn.ticket_id)
            .starts_with("Still there?\n> you said\n\n")
    );
    taken_in(plan.batches());
}

#[test]
fn what_no_person_wrote_stays_away_and_is_named() {
    let plan = read(&[("in.mbox", MBOX), ("again.mbox", MBOX)]);
    let skipped = |file: &str| -> Vec<String> {
        let of_file = plan
            .report
            .skipped
            .iter()
            .filter(|it| it.place.file == file);
        of_file.map(|it| format!("{it}: {}", it.why)).collect()
    };
    assert_eq!(
        skipped("in.mbox"),
        [
            "in.mbox:63 f@x: an automatic message (Auto-Submitted)",
            "in.mbox:71 g@x: a delivery report",
            "in.mbox:79: no mail: neither From, Subject, Date nor Message-ID",
        ]
    );
    assert_eq!(skipped("again.mbox").len(), 8);
    assert_eq!(plan.report.tickets.read + plan.report.comments.read, 16);
}

#[test]
fn a_grown_mailbox_brings_only_what_is_new() {
    let later =
        b"From a@x Thu Jan  2 08:00:00 2026\nFrom: a@x\nSubject: Re: x\nMessage-ID: <z@x>\n\
                  In-Reply-To: <c@x>\nDate: Fri, 2 Jan 2026 08:00:00 +0000\n\nThanks.\n";
    let here: HashSet<EntityKey> = read(&[("in.mbox", MBOX)])
        .records()
        .map(Record::key)
        .collect();
    let mut grown = read(&[("in.mbox", &[MBOX, b"\n", later].concat())]);
    grown.without(&here);
    let new: Vec<String> = grown
        .records()
        .map(|it| it.key().entity_type().to_string())
        .collect();
    assert_eq!(new, ["user", "membership", "comment"]);
}

#[test]
fn a_table_names_the_queue_of_an_address() {
    let mut to = destination();
    let (queue_id, group_id) = (QueueId(Uuid::from_u128(5)), GroupId(Uuid::from_u128(6)));
    let here = QueueHere { queue_id, group_id };
    to.queues.insert("help@fam.test".to_owned(), here);
    let plan = plan_all(&mut Mailbox::default(), &[("in.mbox", MBOX)], &to);
    let queues: Vec<bool> = plan
        .tickets()
        .iter()
        .map(|it| it.queue_id == queue_id)
        .collect();
    assert_eq!(queues, [true, true]);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
                          head in "(From a@b 10:00\n)?((Subject|From|Date|References|Content-Type): [ -~]{0,30}\n){0,4}\n?") {
        read(&[("x", &[head.as_bytes(), &bytes].concat())]);
    }
}
