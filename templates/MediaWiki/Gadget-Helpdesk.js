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

	function button( label, onClick, kind ) {
		const look = kind === 'primary' ? ' cdx-button--action-progressive cdx-button--weight-primary' : '';
		return element( 'button', { type: 'button', class: 'cdx-button' + look, click: onClick }, label );
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
		const query = { action: 'query', prop: 'revisions', rvprop: 'content', rvslots: 'main', titles, formatversion: 2,
			maxage: 300, smaxage: 300 };
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
			for ( const name of config ? [ 'intake', 'committee' ] : [] ) {
				const title = mw.Title.newFromText( config[ name ] );
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
		const query = { action: 'query', titles: full, meta: 'siteinfo', siprop: 'languages', formatversion: 2 };
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

	/** What an error of the API says: its words, else its code. */
	function why( code, answer ) {
		const error = answer && answer.errors && answer.errors[ 0 ];
		return error && error.text || code;
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
			const isEnough = steps.slice( step ).every( ( later ) => !later.required );
			show( find( 'field-' + field.name ) || field.name,
				element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'gadget-step', step + 1, steps.length + 1 ) ),
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

	/** What somebody is on the committee today, as its page says it. */
	function roles( text, name ) {
		const today = new Date().toISOString().slice( 0, 10 );
		const found = new Set();
		const shown = text.replace( /<!--[^]*?(-->|$)/g, '' );
		const plain = ( title ) => title.replace( /_/g, ' ' ).toLowerCase();
		for ( const call of shown.match( /\{\{[^{}]*\}\}/g ) || [] ) {
			const [ template, ...parts ] = call.slice( 2, -2 ).split( '|' ).map( ( part ) => part.trim() );
			const of = {};
			for ( const part of parts ) {
				const [ key, value ] = part.split( '=' );
				of[ key.trim() ] = ( value || '' ).trim();
			}
			const user = ( of.user || '' ).replace( /_/g, ' ' );
			if ( plain( template ) === plain( config.templates.member ) && user === name && !( of.from > today ) && !( of.until < today ) ) {
				found.add( ( of.role || '' ).toLowerCase() );
			}
		}
		return found;
	}

	/** What the reader can do here: a label, and what is asked for. A closed request is neither voted on nor withdrawn. */
	function actions( mine, isOwner, isAgain, isClosed ) {
		const votes = Object.entries( config.votes ).map( ( [ choice, template ] ) => ( {
			label: say( 'vote-' + choice ), isAgain, reason: choice === 'info' ? 'act-question' : 'act-reason',
			needed: choice === 'info', text: ( words ) => `* {{${ template }}} ${ words } ~~` + '~~'
		} ) );
		const isVoter = !isOwner && !isClosed && ( mine.has( 'member' ) || mine.has( 'chair' ) );
		const decides = mine.has( 'staff' ) || mine.has( 'chair' );
		const records = decides || mine.has( 'secretary' );
		const status = [ 'act-status', Object.keys( config.statuses ).map( ( id ) => [ id, config.statuses[ id ].own ?
			config.statuses[ id ].label : find( 'status-' + id ) || config.statuses[ id ].label ] ) ];
		const choice = [ 'act-choice', Object.keys( config.votes ).map( ( id ) => [ id, say( 'vote-' + id ) ] ) ];
		const points = [ 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 ].map( ( n ) => [ n, mw.language.convertNumber( n ) ] );
		const score = [ 'act-score-points', points ];
		return [
			...( isVoter ? votes : [] ),
			isVoter && { label: say( 'act-score' ), select: score, reason: 'act-reason',
				text: ( words, picked ) => `* {{${ config.templates.priority }|${ picked }}} ${ words } ~~` + '~~' },
			isVoter && { label: say( 'act-recuse' ), reason: 'act-reason',
				text: ( words ) => `* {{${ config.templates.recuse }}} ${ words } ~~` + '~~' },
			isOwner && { label: say( 'act-answer' ), reason: 'act-answer-text', needed: true, text: ( words ) => `: ${ words } ~~` + '~~' },
			isOwner && !isClosed && { label: say( 'act-withdraw' ), reason: 'act-reason',
				text: ( words ) => `{{${ config.templates.withdraw }|reason=${ asValue( words ) }}} ~~` + '~~' },
			decides && { label: say( 'act-decide' ), select: status, reason: 'act-reason',
				text: ( words, picked ) => `{{${ config.templates.decision }|${ picked }|reason=${ asValue( words ) }}} ~~` + '~~' },
			records && !isClosed && { label: say( 'act-record' ), select: choice, who: true, reason: 'act-reason',
				text: ( words, picked, who ) => `* {{${ config.votes[ picked ] }|for=${ asValue( who ) }}} ${ words } ~~` + '~~' }
		].filter( Boolean );
	}

	/** Asks for the reason, and saves it below all that is there. */
	function ask( place, action, back ) {
		const wrong = problem();
		const words = element( 'textarea', { id: 'helpdesk-words', class: 'cdx-text-area__textarea', dir: 'auto', rows: 3 } );
		const picked = action.select && element( 'select', { id: 'helpdesk-picked', class: 'cdx-select' },
			...action.select[ 1 ].map( ( [ value, label ] ) => element( 'option', { value }, label ) ) );
		const who = action.who && element( 'input', { id: 'helpdesk-who', type: 'text', class: 'cdx-text-input__input', dir: 'auto' } );
		const field = ( input, key ) => input && element( 'div', { class: 'cdx-field' },
			element( 'label', { for: input.id, class: 'cdx-label' }, say( key ) ), input );
		const save = button( say( 'act-save' ), () => {
			const said = asWords( words.value ).replace( /\s*\n\s*/g, ' ' );
			const missing = [ action.needed && !said && words, who && !who.value.trim() && who ].find( Boolean );
			if ( missing ) {
				tell( wrong, say( 'gadget-empty' ) );
				return missing.focus();
			}
			save.disabled = true;
			const text = action.text( said, picked && picked.value, who && who.value.trim() );
			return api.postWithEditToken( { action: 'edit', title: page, appendtext: '\n' + text, summary: action.label, nocreate: true,
				assertuser: mw.config.get( 'wgUserName' ) } ).then( () => {
				tell( place, say( 'act-saved' ), 'success' );
				place.firstChild.tabIndex = -1;
				place.firstChild.focus();
			}, ( code, answer ) => fail( save, wrong, code, answer ) );
		}, 'primary' );
		fill( place, element( 'h3', { tabindex: '-1' }, action.label ),
			...[ field( who, 'act-member' ), picked && field( picked, action.select[ 0 ] ), field( words, action.reason ),
				action.isAgain && element( 'p', { class: 'helpdesk-gadget-hint' }, say( 'act-again' ) ), wrong,
				element( 'div', { class: 'helpdesk-gadget-buttons' }, save, button( say( 'act-cancel' ), () => back( action ) ) ) ] );
		( who || picked || words ).focus();
	}

	function takePart( ledger ) {
		const name = mw.config.get( 'wgUserName' );
		return pages( [ config.committee ] ).then( ( committee ) => {
			const isOwner = ledger.dataset.requester.split( '|' ).includes( name );
			const voters = [ ...ledger.querySelectorAll( 'tr td:first-child' ) ].map( ( cell ) => cell.querySelector( 'bdi' ) );
			const hasVoted = voters.some( ( voter ) => voter && voter.textContent === name );
			const isClosed = ( config.statuses[ ledger.dataset.status ] || {} ).closed;
			const can = actions( roles( committee[ config.committee ] || '', name ), isOwner, hasVoted, isClosed );
			if ( !can.length ) {
				return;
			}
			const place = inLanguage( element( 'div', { class: 'helpdesk-gadget', role: 'region', 'aria-label': say( 'act-title' ) } ) );
			// Whoever changes their mind is back at the button they came from.
			const offer = ( left ) => {
				const buttons = can.map( ( action ) => button( action.label, () => ask( place, action, offer ) ) );
				fill( place, element( 'h3', {}, say( 'act-title' ) ), element( 'div', { class: 'helpdesk-gadget-buttons' }, ...buttons ) );
				if ( left ) {
					buttons[ can.indexOf( left ) ].focus();
				}
			};
			offer();
			ledger.parentNode.insertBefore( place, ledger.nextSibling );
			ledger.querySelectorAll( '.helpdesk-links' ).forEach( ( links ) => links.remove() );
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
			api = new mw.Api( { parameters: { errorformat: 'plaintext', errorlang: mw.config.get( 'wgUserLanguage' ) } } );
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
