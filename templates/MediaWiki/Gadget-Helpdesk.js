/**
 * The Helpdesk in the browser: a form on the intake page that asks one question at a time, and buttons on request pages for
 * whoever takes part. What it saves is ordinary signed wikitext, as people write it by hand. Texts and fields come from the
 * JSON pages that the bot's `install` writes. It does nothing anywhere else. A gadget that is on for all is JavaScript of 2016:
 * MediaWiki refuses what is newer, such as `async`.
 */
( function () {
	'use strict';

	// The wiki may have a name of its own for the namespace of modules.
	const DATA = ( mw.config.get( 'wgFormattedNamespaces' )[ 828 ] || 'Module' ) + ':Helpdesk/';
	const DRAFT = 'helpdesk-draft';
	const page = mw.config.get( 'wgPageName' ).replace( /_/g, ' ' );
	let api, config;

	/** An element with attributes (functions are listeners) and children, which are elements or text. */
	function element( name, attributes, ...children ) {
		const made = document.createElement( name );
		for ( const [ key, value ] of Object.entries( attributes || {} ) ) {
			if ( typeof value === 'function' ) {
				made.addEventListener( key, value );
			} else if ( value === true ) {
				made.setAttribute( key, '' );
			} else if ( value !== false && value !== undefined ) {
				made.setAttribute( key, value );
			}
		}
		made.append( ...children.filter( ( child ) => child || child === '' ) );
		return made;
	}

	/** Puts these children in the place of all that are there. */
	function fill( place, ...children ) {
		place.textContent = '';
		place.append( ...children.filter( Boolean ) );
	}

	/** A text in the reader's language; `find` gives nothing where there is none. */
	function say( key, ...values ) {
		// Messages here: helpdesk-*, from the JSON pages of the languages.
		// eslint-disable-next-line mediawiki/msg-doc
		return mw.message( 'helpdesk-' + key, ...values ).text();
	}

	function find( key ) {
		return mw.messages.exists( 'helpdesk-' + key ) ? say( key ) : null;
	}

	/** A button; `name` is for ears, where the label is not enough. */
	function button( label, onClick, kind, name ) {
		const look = kind === 'primary' ? ' cdx-button--action-progressive cdx-button--weight-primary' : '';
		return element( 'button', { type: 'button', class: 'cdx-button' + look, click: onClick, 'aria-label': name }, label );
	}

	/** What is wrong, for eyes and ears alike. */
	function problem() {
		return element( 'div', { class: 'helpdesk-gadget-problem', role: 'alert' } );
	}

	function tell( place, words, kind ) {
		fill( place, words && element( 'div',
			{ class: `cdx-message cdx-message--block cdx-message--${ kind || 'error' }`, role: kind && 'status' },
			element( 'span', { class: 'cdx-message__icon' } ),
			element( 'div', { class: 'cdx-message__content' }, words ) ) );
	}

	/** The JSON of pages, by title; one that does not exist is left out. */
	function pages( titles ) {
		const query = { action: 'query', prop: 'revisions', rvprop: 'content', rvslots: 'main', titles, maxage: 300, smaxage: 300 };
		return api.get( query ).then( ( answer ) => {
			const found = {};
			for ( const read of answer.query.pages ) {
				if ( read.revisions ) {
					found[ read.title ] = read.revisions[ 0 ].slots.main.content;
				}
			}
			return found;
		} );
	}

	/** Reads the configuration and the texts, and puts the best ones in force; gives whether they are there. */
	function load() {
		const languages = [ ...mw.language.getFallbackLanguageChain(), 'en' ];
		const title = ( code ) => `${ DATA }i18n/${ code }.json`;
		return pages( [ `${ DATA }config.json`, ...new Set( languages.map( title ) ) ] ).then( ( found ) => {
			config = JSON.parse( found[ `${ DATA }config.json` ] || 'null' );
			for ( const name of config ? [ 'intake', 'committee', 'helpers' ] : [] ) {
				const title = mw.Title.newFromText( config[ name ] || '' );
				config[ name ] = title ? title.getPrefixedText() : config[ name ];
			}
			for ( const code of languages.reverse() ) {
				for ( const [ key, text ] of Object.entries( JSON.parse( found[ title( code ) ] || '{}' ) ) ) {
					if ( typeof text === 'string' && text ) {
						mw.messages.set( 'helpdesk-' + key, text );
					}
				}
			}
			return config;
		} );
	}

	/** What people wrote, without what would swallow all that stands behind it: comments, odd brackets, tags that end nothing. */
	function asWords( words ) {
		let text = words.trim().replace( /<!--/g, '&lt;!--' );
		if ( text.split( '[[' ).length !== text.split( ']]' ).length ) {
			text = text.replace( /\[\[/g, '&#91;&#91;' );
		}
		const tags = /<(?=\/?(nowiki|pre|includeonly|noinclude|onlyinclude|syntaxhighlight|source|ref|gallery|math|poem)\b)/gi;
		return text.replace( tags, '&lt;' ).replace( /-\{/g, '-&#123;' );
	}

	/** What people wrote, so that it stays in its parameter of a template. */
	function asValue( words ) {
		return asWords( words ).replace( /\{\{/g, '&#123;&#123;' ).replace( /\}\}/g, '&#125;&#125;' ).replace( /\|/g, '{{!}}' );
	}

	/** A promise of why a page cannot have this name, or of nothing. */
	function wrongName( name ) {
		const sign = name.match( /[#<>[\]{}|_]/ );
		const title = mw.Title.newFromText( `${ config.intake }/${ name }` );
		if ( name.includes( '/' ) ) {
			return $.Deferred().resolve( say( 'gadget-name-slash' ) );
		}
		if ( new TextEncoder().encode( `${ config.intake }/${ name }` ).length > 255 ) {
			return $.Deferred().resolve( say( 'gadget-name-long' ) );
		}
		if ( sign || !title ) {
			return $.Deferred().resolve( say( 'gadget-name-invalid', sign ? sign[ 0 ] : '# < > [ ] { } |' ) );
		}
		const full = title.getPrefixedText();
		const query = { action: 'query', titles: full, meta: 'siteinfo', siprop: 'languages' };
		const allowed = api.get( { action: 'titleblacklist', tbtitle: full, tbaction: 'create', tbnooverride: true } )
			// A wiki without that list has no such question.
			.then( ( answer ) => answer.titleblacklist.result !== 'blacklisted', () => $.Deferred().resolve( true ) );
		return $.when( api.get( query ), allowed ).then( ( [ known ], isAllowed ) => {
			if ( known.query.languages.some( ( language ) => language.code === name.toLowerCase() ) ) {
				return say( 'gadget-name-language' );
			}
			const there = known.query.pages[ 0 ];
			if ( !there.missing && !there.invalid ) {
				return say( 'gadget-name-taken' );
			}
			return there.invalid || !isAllowed ? say( 'gadget-name-refused' ) : null;
		} );
	}

	/** What an error of the API says: its words, without a full stop, else its code. */
	function why( code, answer ) {
		const error = answer && answer.errors && answer.errors[ 0 ];
		return error && error.text ? error.text.replace( /[.。।]\s*$/, '' ) : code;
	}

	/** Says why something could not be saved, and leaves the person at the button that tries again. */
	function fail( save, wrong, code, answer ) {
		tell( wrong, say( 'gadget-failed', why( code, answer ) ) );
		save.disabled = false;
		save.focus();
	}

	/* ---- The form ---------------------------------------------------------------------------------------------------- */

	function form( root ) {
		const kept = mw.storage.getObject( DRAFT );
		const values = kept && kept.values || {};
		// The title goes first, then what is needed, then what helps.
		const asked = config.fields.filter( ( field ) => field.name !== 'type' && find( 'help-' + field.name ) && field.asked );
		const kinds = config.fields.filter( ( field ) => field.name === 'type' ).reduce( ( all, field ) => all.concat( field.one_of ), [] );
		const steps = [ ...asked.filter( ( field ) => field.required ), ...asked.filter( ( field ) => !field.required ) ];
		let step = 0;

		function keep() {
			mw.storage.setObject( DRAFT, { time: Date.now(), values } );
		}

		function show( heading, ...children ) {
			const title = element( 'h2', { tabindex: '-1' }, heading );
			const isFirst = !root.firstChild;
			fill( root, title, ...children );
			if ( !isFirst ) {
				title.focus( { preventScroll: true } );
				root.scrollIntoView( { block: 'nearest' } );
			}
		}

		function types() {
			const cards = kinds.map( ( type ) => {
				const card = button( '', () => {
					values.type = type;
					keep();
					step = 0;
					question();
				} );
				card.append( element( 'b', {}, find( 'type-' + type ) || type ), element( 'span', {}, find( 'form-' + type ) || '' ) );
				return card;
			} );
			const written = Object.values( values ).some( Boolean ) && kept;
			const draft = written && element( 'p', { class: 'helpdesk-gadget-hint' },
				say( 'gadget-draft', new Date( kept.time ).toLocaleString( mw.config.get( 'wgUserLanguage' ) ) ), ' ',
				button( say( 'gadget-discard' ), () => {
					mw.storage.remove( DRAFT );
					for ( const name of Object.keys( values ) ) {
						delete values[ name ];
					}
					types();
				} ) );
			show( say( 'landing-ask-link' ), element( 'p', {}, say( 'intake-which-type-text' ) ), draft,
				element( 'div', { class: 'helpdesk-gadget-types' }, ...cards ),
				element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'gadget-public' ) ) );
		}

		/** One question. */
		function question() {
			const field = steps[ step ];
			const id = 'helpdesk-' + field.name;
			const wrong = problem();
			const room = element( 'span', { class: 'helpdesk-gadget-hint', 'aria-live': 'polite' } );
			const isLong = field.name !== 'title' && !field.one_of.length;
			const input = field.one_of.length ?
				element( 'select', { id, class: 'cdx-select', 'aria-describedby': id + '-help', 'aria-required': field.required && 'true' },
					element( 'option', { value: '' }, '' ),
					...field.one_of.map( ( value ) => element( 'option', { value }, find( `${ field.name }-${ value }` ) || value ) ) ) :
				element( isLong ? 'textarea' : 'input', {
					id, dir: 'auto', class: isLong ? 'cdx-text-area__textarea' : 'cdx-text-input__input', rows: isLong && 6,
					type: !isLong && 'text', 'aria-describedby': id + '-help', 'aria-required': field.required && 'true'
				} );
			input.value = values[ field.name ] || '';

			function fault( words ) {
				tell( wrong, words );
				input.setAttribute( 'aria-invalid', Boolean( words ) );
			}

			/** Says what is wrong as far as that can be seen here; gives whether anything is. */
			function check() {
				const length = [ ...input.value.trim() ].length;
				const over = field.max_length ? length - field.max_length : -1;
				room.textContent = field.max_length && over > -100 && over <= 0 ? say( 'gadget-room', -over ) : '';
				const words = over > 0 ? say( 'gadget-too-long', over ) : null;
				fault( words );
				return words;
			}
			input.addEventListener( 'input', () => {
				values[ field.name ] = input.value;
				keep();
				check();
			} );

			let isBusy = false;
			function next() {
				if ( isBusy ) {
					return;
				}
				const isMissing = field.required && !input.value.trim();
				const first = isMissing ? say( field.one_of.length ? 'gadget-choose' : 'gadget-empty' ) : check();
				const asks = !first && field.name === 'title';
				const words = asks ? wrongName( input.value.trim() ) : $.Deferred().resolve( first );
				isBusy = true;
				words.then( null, ( code ) => $.Deferred().resolve( say( 'gadget-unreachable', code ) ) ).then( ( said ) => {
					isBusy = false;
					// Whoever went back meanwhile is somewhere else.
					if ( !document.body.contains( input ) ) {
						return;
					}
					if ( said ) {
						fault( said );
						return input.focus();
					}
					step++;
					return step < steps.length ? question() : review();
				} );
			}
			if ( input.tagName === 'INPUT' ) {
				// Enter may also end a character that is written in several steps.
				input.addEventListener( 'keydown', ( event ) => event.key === 'Enter' && !event.isComposing && next() );
			}
			// The page has it with the form for whoever has no JavaScript.
			const example = step === 0 && values.type &&
				document.querySelector( `.helpdesk-forms .helpdesk-example[data-type="${ CSS.escape( values.type ) }"]` );
			const isEnough = steps.slice( step ).every( ( later ) => !later.required );
			show( find( 'field-' + field.name ) || field.name,
				element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'gadget-step', step + 1, steps.length + 1 ) ),
				example && example.cloneNode( true ),
				element( 'div', { class: 'cdx-field' },
					element( 'label', { for: id, class: 'cdx-label' },
						element( 'span', { class: 'cdx-label__label' }, find( 'field-' + field.name ) || field.name ), ' ',
						element( 'span', { class: 'helpdesk-gadget-hint' },
							'(' + say( field.required ? 'gadget-required' : 'gadget-optional' ) + ')' ),
						element( 'span', { id: id + '-help', class: 'cdx-label__description' }, say( 'help-' + field.name ) ) ),
					input, room ),
				wrong,
				element( 'div', { class: 'helpdesk-gadget-buttons' },
					button( say( 'gadget-next' ), next, 'primary' ),
					( step > 0 || kinds.length ) && button( say( 'gadget-back' ), () => {
						step--;
						return step < 0 ? types() : question();
					} ),
					isEnough && step > 0 && button( say( 'gadget-preview' ), () => check() ? input.focus() : review() ) ) );
			input.focus();
			check();
		}

		/** The wikitext of the request, as somebody would write it by hand. */
		function wikitext() {
			const lines = config.fields.filter( ( field ) => values[ field.name ] && values[ field.name ].trim() )
				.map( ( field ) => `| ${ field.name } = ${ asValue( values[ field.name ] ) }` );
			return [ `{{${ config.request }`, ...lines, '| status =', '| status since =', '}}', '',
				`== ${ say( 'form-discussion' ) } ==`, `${ say( 'form-summary' ) } ~~` + '~~' ].join( '\n' );
		}

		/** All of it, as it will look, and the last button. */
		function review() {
			const title = `${ config.intake }/${ values.title.trim() }`;
			const shown = element( 'div', { class: 'helpdesk-gadget-preview' }, '…' );
			const wrong = problem();
			const save = button( say( 'gadget-save' ), () => file( title, save, wrong ), 'primary' );
			step = Math.min( step, steps.length );
			show( say( 'gadget-preview' ), shown,
				element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'gadget-public' ) ),
				mw.user.isAnon() ? element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'gadget-account' ) ) : null, wrong,
				element( 'div', { class: 'helpdesk-gadget-buttons' }, save, button( say( 'gadget-back' ), () => {
					step = Math.min( step, steps.length ) - 1;
					question();
				} ) ) );
			api.parse( wikitext(), { title, pst: true, disableeditsection: true, disabletoc: true } ).then( ( html ) => {
				shown.innerHTML = html;
			}, ( code, answer ) => {
				shown.remove();
				tell( wrong, say( 'gadget-unreachable', why( code, answer ) ) );
			} );
		}

		function file( title, save, wrong ) {
			save.disabled = true;
			tell( wrong, say( 'gadget-saving' ), 'notice' );
			api.create( title, { summary: say( 'form-summary' ) }, wikitext() ).then( ( answer ) => {
				mw.storage.remove( DRAFT );
				const place = answer.tempuserredirect || mw.util.getUrl( title );
				const look = 'cdx-button cdx-button--fake-button cdx-button--fake-button--enabled cdx-button--action-progressive';
				show( say( 'gadget-saved' ), element( 'p', {}, say( 'gadget-saved-next' ) ),
					element( 'p', {}, element( 'a', { href: place, class: look }, say( 'gadget-open' ) ) ) );
			}, ( code, answer ) => {
				fail( save, wrong, code, answer );
			} );
		}

		if ( kinds.length ) {
			types();
		} else {
			question();
		}
	}

	/* ---- Request pages ----------------------------------------------------------------------------------------------- */

	/** The same wikitext, as long, with blanks for what hides templates: comments, and tags such as nowiki. */
	function withoutHidden( wikitext ) {
		const hidden = /<!--[^]*?(-->|$)|<(nowiki|pre|syntaxhighlight|source|math|includeonly)\b([^<>]*[^<>/])?>[^]*?<\/\2\s*>/gi;
		return wikitext.replace( hidden, ( all ) => ' '.repeat( all.length ) );
	}

	/** The calls of a template: of each its parameters by name, with where their values stand. Braces in braces are none. */
	function calls( wikitext, template ) {
		const text = withoutHidden( wikitext );
		const name = mw.util.escapeRegExp( template ).replace( /[ _]/g, '[ _]+' );
		const call = new RegExp( `(\\{\\{\\s*(?:template:\\s*)?${ name }\\s*)((?:\\|(?:\\{\\{[^{}]*\\}\\}|[^{}])*)?)\\}\\}`, 'gi' );
		const part = /\|((?:\{\{[^{}]*\}\}|\[\[[^[\]]*\]\]|[^{}|])*)/g;
		const found = [];
		for ( let at = call.exec( text ); at; at = call.exec( text ) ) {
			const params = {};
			let count = 0;
			for ( let param = part.exec( at[ 2 ] ); param; param = part.exec( at[ 2 ] ) ) {
				const key = param[ 1 ].match( /^\s*([^[\]{}=]*?)\s*=/ );
				const written = key ? param[ 1 ].slice( key[ 0 ].length ) : param[ 1 ];
				const end = at.index + at[ 1 ].length + param.index + param[ 0 ].length;
				const from = end - written.length + written.search( /\S|$/ );
				const value = written.trim();
				params[ key ? key[ 1 ] : ++count ] = { isNamed: Boolean( key ), value, from, to: from + value.length };
			}
			found.push( params );
		}
		return found;
	}

	/** Words as they read: signs in the place of their codes, and one space between words. */
	function asRead( words ) {
		const text = words.replace( /\{\{!\}\}/g, '|' ).replace( /</g, '&lt;' );
		return new DOMParser().parseFromString( text, 'text/html' ).body.textContent.replace( /\s+/g, ' ' ).trim();
	}

	/** A promise of the page's newest wikitext, and of which revision it is. */
	function newest() {
		return api.get( { action: 'query', prop: 'revisions', rvprop: 'content|ids', rvslots: 'main', titles: page } ).then( ( answer ) => {
			const [ revision ] = answer.query.pages[ 0 ].revisions || [];
			return revision ? { baserevid: revision.revid, text: revision.slots.main.content } : $.Deferred().reject( 'missingtitle' );
		} );
	}

	/** What somebody says with a template, as a line with a signature. */
	function line( call, words ) {
		return `* {{${ call }}} ${ words ? words + ' ' : '' }~~` + '~~';
	}

	/** A line; where the page has no steps of the work yet, those for a request of its type follow. */
	function withSteps( said ) {
		return newest().then( ( { text } ) => {
			const type = withoutHidden( text ).match( /\|\s*type\s*=([^|{}<\n]*)/i );
			// In one piece the wiki would put the steps here where this page is saved.
			return said + ( calls( text, config.templates.step ).length ? '' :
				'\n{{' + `subst:Helpdesk steps|${ type ? type[ 1 ].trim() : '' }}}` );
		} );
	}

	/** What somebody is on the committee today, as its page says it. */
	function roles( text, name ) {
		const today = new Date().toISOString().slice( 0, 10 );
		const found = new Set();
		const plain = ( title ) => title.replace( /_/g, ' ' ).toLowerCase();
		for ( const call of withoutHidden( text ).match( /\{\{[^{}]*\}\}/g ) || [] ) {
			const [ template, ...parts ] = call.slice( 2, -2 ).split( '|' ).map( ( part ) => part.trim() );
			const of = {};
			for ( const part of parts ) {
				const [ key, value ] = part.split( '=' );
				of[ key.trim() ] = ( value || '' ).trim();
			}
			const user = ( of.user || '' ).replace( /_/g, ' ' );
			if ( plain( template ) === plain( config.templates.member ) && user === name && !( of.from > today ) && !( of.until < today ) ) {
				found.add( ( of.role || 'member' ).toLowerCase() );
			}
		}
		return found;
	}

	/** What the reader can do here: a label, and what is asked for. A closed request is neither voted on nor withdrawn. */
	function actions( { mine, records, isOwner, isAgain, isClosed } ) {
		const votes = Object.entries( config.votes ).map( ( [ choice, template ] ) => ( {
			label: say( 'vote-' + choice ), isAgain, reason: choice === 'info' ? 'act-question' : 'act-reason',
			needed: choice === 'info', text: ( words ) => line( template, words )
		} ) );
		const isVoter = !isOwner && !isClosed && ( mine.has( 'member' ) || mine.has( 'chair' ) );
		const decides = mine.has( 'staff' ) || mine.has( 'chair' );
		const status = [ 'act-status', Object.keys( config.statuses ).map( ( id ) => [ id, config.statuses[ id ].own ?
			config.statuses[ id ].label : find( 'status-' + id ) || config.statuses[ id ].label ] ) ];
		const choice = [ 'act-choice', Object.keys( config.votes ).map( ( id ) => [ id, say( 'vote-' + id ) ] ) ];
		const points = [ 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 ].map( ( n ) => [ n, mw.language.convertNumber( n ) ] );
		const score = [ 'act-score-points', points ];
		return [
			...( isVoter ? votes : [] ),
			isVoter && { label: say( 'act-score' ), select: score, reason: 'act-reason',
				text: ( words, picked ) => line( `${ config.templates.priority }|${ picked }`, words ) },
			isVoter && { label: say( 'act-recuse' ), reason: 'act-reason', text: ( words ) => line( config.templates.recuse, words ) },
			isOwner && { label: say( 'act-answer' ), reason: 'act-answer-text', needed: true, text: ( words ) => `: ${ words } ~~` + '~~' },
			isOwner && !isClosed && { label: say( 'act-withdraw' ), reason: 'act-reason',
				text: ( words ) => `{{${ config.templates.withdraw }|reason=${ asValue( words ) }}} ~~` + '~~' },
			decides && { label: say( 'act-decide' ), select: status, reason: 'act-reason',
				text: ( words, picked ) => `{{${ config.templates.decision }|${ picked }|reason=${ asValue( words ) }}} ~~` + '~~' },
			records && !isClosed && { label: say( 'act-record' ), select: choice, who: 'act-member', reason: 'act-reason',
				text: ( words, picked, who ) => line( `${ config.votes[ picked ] }|for=${ asValue( who ) }`, words ) }
		].filter( Boolean );
	}

	/** What the reader can do for the work on an approved request. What came of it can be said later, too. */
	function help( { name, mine, records, helpers, status, isClosed } ) {
		const { claim, release, outcome } = config.templates;
		const isWanted = config.queue && [ config.queue, 'in-progress' ].includes( status );
		const others = helpers.filter( ( helper ) => helper !== name );
		const helps = others.length < helpers.length;
		const may = config.claimBy === 'anyone' || [ ...mine ].some( ( role ) => role !== 'helper' || config.claimBy === 'listed' );
		return [
			isWanted && may && !helps && mw.user.isNamed() && { label: say( 'act-claim' ), reason: 'act-claim-text',
				text: ( words ) => withSteps( line( claim, words ) ) },
			helps && { label: say( 'act-outcome' ), reason: 'act-outcome-text', needed: true,
				more: [ 'files', 'items', 'category', 'image', 'link' ], text: ( words, picked, who, more ) =>
					line( `${ outcome }|${ words.includes( '=' ) ? '1=' : '' }${ asValue( words ) }${ more }` ) },
			helps && !isClosed && { label: say( 'act-release' ), reason: 'act-reason', text: ( words ) => line( release, words ) },
			records && isWanted && { label: say( 'act-assign' ), who: 'act-account',
				text: ( words, picked, who ) => withSteps( line( `${ claim }|for=${ asValue( who ) }` ) ) },
			records && !isClosed && others.length && { label: say( 'act-release-other' ),
				select: [ 'act-helper', others.map( ( helper ) => [ helper, helper ] ) ], reason: 'act-reason',
				text: ( words, picked ) => line( `${ release }|for=${ picked }`, words ) }
		].filter( Boolean );
	}

	/** That one of the steps on the page comes to another state. Steps of the same name are told apart by their order. */
	function stepChange( step, steps ) {
		const name = asRead( step.dataset.step );
		const same = steps.filter( ( other ) => asRead( other.dataset.step ) === name );
		const states = [ 'todo', 'doing', 'done', 'blocked', 'dropped' ].map( ( id ) => [ id, find( 'step-state-' + id ) || id ] );
		return {
			label: say( 'act-step-which', name ), short: say( 'act-step' ), saved: 'act-step-saved', id: '-step-' + steps.indexOf( step ),
			select: [ 'act-step-state', states, step.dataset.state ],
			text: ( words, state ) => newest().then( ( { baserevid, text } ) => {
				const found = calls( text, config.templates.step ).filter( ( call ) => call[ 1 ] && asRead( call[ 1 ].value ) === name );
				if ( found.length !== same.length ) {
					return $.Deferred().reject( say( 'act-step-lost' ) );
				}
				const { 1: title, 2: old } = found[ same.indexOf( step ) ];
				const written = old ? state : ( title.isNamed ? '|2=' : '|' ) + state;
				return { baserevid, text: text.slice( 0, old ? old.from : title.to ) + written + text.slice( ( old || title ).to ),
					summary: say( 'act-step-summary', name, states.find( ( [ id ] ) => id === state )[ 1 ] ) };
			} )
		};
	}

	/** Asks for what an action needs, and saves it: a line below all that is there, or the whole page. */
	function ask( place, action, back ) {
		const wrong = problem();
		const id = ( name ) => `helpdesk-${ name }${ action.id || '' }`;
		const input = ( name ) => element( 'input', { id: id( name ), name, type: 'text', class: 'cdx-text-input__input', dir: 'auto' } );
		const words = action.reason && element( 'textarea', { id: id( 'words' ), class: 'cdx-text-area__textarea', dir: 'auto', rows: 3 } );
		const [ choose, choices, chosen ] = action.select || [];
		const picked = choices && element( 'select', { id: id( 'picked' ), class: 'cdx-select' },
			...choices.map( ( [ value, label ] ) => element( 'option', { value, selected: value === chosen }, label ) ) );
		const who = action.who && input( 'who' );
		const more = ( action.more || [] ).map( input );
		const field = ( asked, key, isOptional ) => asked && element( 'div', { class: 'cdx-field' },
			element( 'label', { for: asked.id, class: 'cdx-label' }, say( key ),
				isOptional && element( 'span', { class: 'helpdesk-gadget-hint' }, ` (${ say( 'gadget-optional' ) })` ) ), asked );
		const save = button( say( 'act-save' ), () => {
			const said = words ? asWords( words.value ).replace( /\s*\n\s*/g, ' ' ) : '';
			const missing = [ action.needed && !said && words, who && !who.value.trim() && who ].find( Boolean );
			if ( missing ) {
				tell( wrong, say( 'gadget-empty' ) );
				return missing.focus();
			}
			save.disabled = true;
			const params = more.filter( ( asked ) => asked.value.trim() ).map( ( asked ) => `|${ asked.name }=${ asValue( asked.value ) }` );
			const text = action.text( said, picked && picked.value, who && who.value.trim(), params.join( '' ) );
			return $.when( text ).then( ( change ) => api.postWithEditToken( Object.assign( { action: 'edit', title: page,
				summary: action.label, nocreate: true, assertuser: mw.config.get( 'wgUserName' ) },
			typeof change === 'string' ? { appendtext: '\n' + change } : change ) ) ).then( () => {
				tell( place, say( action.saved || 'act-saved' ), 'success' );
				place.firstChild.tabIndex = -1;
				place.firstChild.focus();
			}, ( code, answer ) => fail( save, wrong, code, answer ) );
		}, 'primary' );
		fill( place, element( 'h3', { tabindex: '-1' }, action.label ), field( who, action.who ), field( picked, choose ),
			field( words, action.reason ), ...more.map( ( asked ) => field( asked, 'act-' + asked.name, true ) ),
			action.isAgain && element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'act-again' ) ), wrong,
			element( 'div', { class: 'helpdesk-gadget-buttons' }, save, button( say( 'act-cancel' ), back ) ) );
		( who || picked || words ).focus();
	}

	/** A button for each action. Whoever changes their mind is back at the one they came from. */
	function offer( place, can, heading, left ) {
		const buttons = can.map( ( action ) => button( action.short || action.label,
			() => ask( place, action, () => offer( place, can, heading, action ) ), '', action.short && action.label ) );
		fill( place, heading && element( 'h3', {}, heading ), element( 'div', { class: 'helpdesk-gadget-buttons' }, ...buttons ) );
		if ( left ) {
			buttons[ can.indexOf( left ) ].focus();
		}
	}

	function takePart( ledger ) {
		const name = mw.config.get( 'wgUserName' );
		const listed = config.claimBy === 'listed' && config.helpers;
		return pages( [ config.committee, listed ].filter( Boolean ) ).then( ( read ) => {
			const { requester, helper, status } = ledger.dataset;
			const mine = roles( read[ config.committee ] || '', name );
			if ( roles( read[ listed ] || '', name ).size ) {
				mine.add( 'helper' );
			}
			const voters = [ ...ledger.querySelectorAll( 'tr td:first-child' ) ].map( ( cell ) => cell.querySelector( 'bdi' ) );
			const isAgain = voters.some( ( voter ) => voter && voter.textContent === name );
			const isOwner = requester.split( '|' ).includes( name );
			const isClosed = ( config.statuses[ status ] || {} ).closed;
			const records = [ 'staff', 'chair', 'secretary' ].some( ( role ) => mine.has( role ) );
			const helpers = ( helper || '' ).split( '|' ).filter( Boolean );
			const reader = { name, mine, records, isOwner, isAgain, helpers, status, isClosed };
			const can = [ ...actions( reader ), ...help( reader ) ];
			if ( can.length ) {
				const place = inLanguage( element( 'div', { class: 'helpdesk-gadget', role: 'region', 'aria-label': say( 'act-title' ) } ) );
				offer( place, can, say( 'act-title' ) );
				ledger.parentNode.insertBefore( place, ledger.nextSibling );
				ledger.querySelectorAll( '.helpdesk-links' ).forEach( ( links ) => links.remove() );
			}
			const works = !isClosed && ( isOwner || mine.size || helpers.includes( name ) );
			( works ? [ ...document.querySelectorAll( '.helpdesk-step' ) ] : [] ).forEach( ( step, n, steps ) => {
				const place = inLanguage( element( 'div', { class: 'helpdesk-gadget' } ) );
				offer( place, [ stepChange( step, steps ) ] );
				step.append( place );
			} );
		} );
	}

	/** The form and the buttons are in the reader's language, whatever that of the page is. */
	function inLanguage( place ) {
		place.lang = mw.config.get( 'wgUserLanguage' );
		place.dir = document.documentElement.dir || 'ltr';
		return place;
	}

	function start() {
		const boxes = document.querySelector( '.helpdesk-forms' );
		const ledger = document.querySelector( '.helpdesk-ledger' );
		if ( mw.config.get( 'wgAction' ) !== 'view' || !( boxes || ledger && mw.config.get( 'wgUserName' ) ) ) {
			return;
		}
		mw.loader.using( [ 'mediawiki.api', 'mediawiki.util', 'mediawiki.Title', 'mediawiki.storage', 'mediawiki.user',
			'mediawiki.language', 'mediawiki.jqueryMsg', 'codex-styles' ] ).then( () => {
			api = new mw.Api( { parameters: { formatversion: 2, errorformat: 'plaintext', errorlang: mw.config.get( 'wgUserLanguage' ) } } );
			return load();
		} ).then( () => {
			// A page has the name of its title.
			const asksTitle = config && config.fields.some( ( field ) => field.name === 'title' && field.asked );
			if ( asksTitle && boxes && page === config.intake ) {
				const root = inLanguage( element( 'div', { class: 'helpdesk-gadget', role: 'form', 'aria-label': say( 'landing-ask-link' ) } ) );
				form( root );
				boxes.parentNode.insertBefore( root, boxes );
				const byHand = button( say( 'gadget-by-hand' ), () => {
					boxes.style.display = '';
					byHand.remove();
					boxes.querySelector( 'input:not( [type=hidden] )' ).focus();
				} );
				boxes.parentNode.insertBefore( byHand, boxes );
				boxes.style.display = 'none';
			} else if ( config && ledger && page.startsWith( config.intake + '/' ) ) {
				takePart( ledger );
			}
		} );
	}

	$( start );
}() );
