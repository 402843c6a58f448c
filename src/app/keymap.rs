//! The key map: compiled at the start from the table's defaults and the settings file.

use std::collections::BTreeMap;

use super::key::{Key, read_sequence, write_sequence};
use super::registry::{ActionRow, Context, action, actions};
use crate::config::{KeyBinding, Problem};
use crate::text::did_you_mean;

/// Which keys run what, where.
#[derive(Debug, Clone)]
pub struct KeyMap {
    binds: BTreeMap<(Context, Vec<Key>), Bind>,
}

#[derive(Debug, Clone, Copy)]
struct Bind {
    row: &'static ActionRow,
    /// The line of the settings file, if it is from there.
    line: Option<usize>,
}

/// What a sequence of keys comes to.
#[derive(Debug)]
pub enum Found {
    Action(&'static ActionRow),
    /// More keys may follow: each next key, and what it leads to.
    Prefix(Vec<(Vec<Key>, &'static ActionRow)>),
    Nothing,
}

impl KeyMap {
    /// The defaults alone.
    pub fn defaults() -> KeyMap {
        KeyMap::compile(&[]).unwrap_or_else(|_| KeyMap {
            binds: BTreeMap::new(),
        })
    }

    /// The defaults with the settings file's bindings in their places.
    ///
    /// # Errors
    /// Everything that is wrong, at once: what is no key, no action or no context, keys given
    /// twice, and sequences of which one begins another.
    pub fn compile(bindings: &[KeyBinding]) -> Result<KeyMap, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut map = KeyMap {
            binds: BTreeMap::new(),
        };
        let mut rebound: Vec<(Context, &'static str)> = Vec::new();
        let mut own = Vec::new();
        for binding in bindings {
            match place(binding) {
                Ok((context, row)) => {
                    rebound.push((context, row.name));
                    own.push((context, row, binding));
                }
                Err(problem) => problems.push(problem),
            }
        }
        for row in actions() {
            let is_default = |context: &&Context| !rebound.contains(&(**context, row.name));
            let contexts: Vec<_> = row.contexts.iter().filter(is_default).collect();
            map.bind_defaults(&contexts, row, &mut problems);
        }
        for (context, row, binding) in own {
            for keys in &binding.keys {
                match read_sequence(keys) {
                    Ok(keys) => map.bind((context, keys), (row, Some(binding)), &mut problems),
                    Err(error) => problems.push(binding.problem(error.to_string())),
                }
            }
        }
        map.refuse_prefixes(bindings, &mut problems);
        if problems.is_empty() {
            Ok(map)
        } else {
            Err(problems)
        }
    }

    fn bind_defaults(
        &mut self,
        contexts: &[&Context],
        row: &'static ActionRow,
        problems: &mut Vec<Problem>,
    ) {
        for keys in row.keys {
            match read_sequence(keys) {
                Ok(keys) => {
                    for context in contexts {
                        self.bind((**context, keys.clone()), (row, None), problems);
                    }
                }
                Err(error) => problems.push(Problem::new(None, row.name, error.to_string())),
            }
        }
    }

    fn bind(
        &mut self,
        at: (Context, Vec<Key>),
        what: (&'static ActionRow, Option<&KeyBinding>),
        problems: &mut Vec<Problem>,
    ) {
        let (row, binding) = what;
        let line = binding.map(|binding| binding.line);
        if let Some(other) = self.binds.get(&at) {
            let keys = write_sequence(&at.1);
            let what = format!("`{keys}` already runs {}", told(*other));
            problems.push(match binding {
                Some(binding) => binding.problem(what),
                None => Problem::new(None, row.name, what),
            });
            return;
        }
        self.binds.insert(at, Bind { row, line });
    }

    /// A sequence that begins another could only be told from it by waiting.
    fn refuse_prefixes(&self, bindings: &[KeyBinding], problems: &mut Vec<Problem>) {
        let mut seen = Vec::new();
        for stack in Context::STACKS {
            let binds: Vec<_> = self
                .binds
                .iter()
                .filter(|((context, _), _)| stack.contains(context))
                .collect();
            // Few sequences are longer than one key.
            let long: Vec<_> = binds.iter().filter(|((_, it), _)| it.len() > 1).collect();
            for &((_, short), first) in &binds {
                for &&((_, long), second) in &long {
                    if long.len() <= short.len() || !long.starts_with(short) {
                        continue;
                    }
                    let pair = (short, long, first.row.name, second.row.name);
                    if seen.contains(&pair) {
                        continue;
                    }
                    problems.push(prefix_problem((short, *first), (long, *second), bindings));
                    seen.push(pair);
                }
            }
        }
    }

    /// What the keys come to where these contexts are looked through, nearest first.
    pub fn find(&self, stack: &[Context], keys: &[Key]) -> Found {
        for context in stack {
            if let Some(bind) = self.binds.get(&(*context, keys.to_vec())) {
                return Found::Action(bind.row);
            }
        }
        let mut next: Vec<(Vec<Key>, &'static ActionRow)> = Vec::new();
        for ((context, sequence), bind) in &self.binds {
            let follows = sequence.len() > keys.len() && sequence.starts_with(keys);
            let known = next
                .iter()
                .any(|(known, _)| *known == sequence[keys.len()..]);
            if follows && !known && stack.contains(context) {
                next.push((sequence[keys.len()..].to_vec(), bind.row));
            }
        }
        if next.is_empty() {
            Found::Nothing
        } else {
            Found::Prefix(next)
        }
    }

    /// The keys that run an action in these contexts, as people write them, the usual one first.
    pub fn keys_of(&self, row: &ActionRow, stack: &[Context]) -> Vec<String> {
        let mut found: Vec<(usize, String)> = Vec::new();
        let binds = self.binds.iter();
        let own = binds
            .filter(|((context, _), bind)| std::ptr::eq(bind.row, row) && stack.contains(context));
        for ((_, keys), _) in own {
            let text = write_sequence(keys);
            let place = row.keys.iter().position(|keys| *keys == text);
            if !found.iter().any(|(_, known)| *known == text) {
                found.push((place.unwrap_or(usize::MAX), text));
            }
        }
        found.sort();
        found.into_iter().map(|(_, text)| text).collect()
    }
}

fn place(binding: &KeyBinding) -> Result<(Context, &'static ActionRow), Problem> {
    let context: Context = binding.context.parse().map_err(|()| {
        let words: Vec<_> = Context::ALL.into_iter().map(Context::word).collect();
        binding.problem(format!(
            "there is no such context; take one of {}",
            words.join(", ")
        ))
    })?;
    let row = action(&binding.action).ok_or_else(|| {
        let guess = did_you_mean(&binding.action, actions().map(|row| row.name));
        binding.problem(match guess {
            Some(name) => format!("there is no such action; did you mean {name}?"),
            None => "there is no such action; ? in the program shows them all".to_owned(),
        })
    })?;
    if !row.contexts.contains(&context) {
        let words: Vec<_> = row.contexts.iter().map(|context| context.word()).collect();
        return Err(binding.problem(format!(
            "it can't be done there; it belongs to {}",
            words.join(", ")
        )));
    }
    Ok((context, row))
}

fn told(bind: Bind) -> String {
    match bind.line {
        Some(line) => format!("{} (line {line})", bind.row.name),
        None => bind.row.name.to_owned(),
    }
}

fn prefix_problem(short: (&[Key], Bind), long: (&[Key], Bind), bindings: &[KeyBinding]) -> Problem {
    let what = format!(
        "`{}` ({}) begins `{}` ({}); one of them needs another key",
        write_sequence(short.0),
        told(short.1),
        write_sequence(long.0),
        told(long.1)
    );
    let line = short.1.line.or(long.1.line);
    match bindings.iter().find(|binding| Some(binding.line) == line) {
        Some(binding) => binding.problem(what),
        None => Problem::new(None, short.1.row.name, what),
    }
}

/// The manual's table of keys, in Markdown: every action, where it can be done, and its default
/// keys.
pub fn key_table() -> String {
    let mut table = String::from("| Keys | What it does | Action | Where |\n|---|---|---|---|\n");
    for row in actions() {
        let keys: Vec<String> = row.keys.iter().map(|keys| format!("`{keys}`")).collect();
        let contexts: Vec<_> = row.contexts.iter().map(|context| context.word()).collect();
        table.push_str(&format!(
            "| {} | {} | `{}` | {} |\n",
            keys.join(" "),
            row.help,
            row.name,
            contexts.join(", ")
        ));
    }
    table
}
